import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseAccess } from "../../../shared/access/index.ts";
import { access, applied, file, foreignAcl, grant, shop } from "./cluster.ts";

describe("import", () => {
  it("writes a file of what is there; a plan of it shows no change", async () => {
    await applied(shop);
    await grant(
      foreignAcl,
      { ...foreignAcl, principal: "User:CN=billing,OU=shop", patternType: "PREFIXED" },
      { ...foreignAcl, principal: "User:*", operation: "DESCRIBE" },
    );
    const { code, out, err } = await access("import");
    expect([code, err]).toEqual([0, expect.stringMatching(/\nACLs of User:\* are left out: .*must be 'User:<name>'/)]);
    writeFileSync(file, out);
    expect((await access("plan")).out).toMatch(/^No changes: 3 topics and \d+ ACLs are as the file says\.\n$/);
    const imported = parseAccess(out, file);
    expect(
      imported.services.map(({ name, groupId, produces, consumes }) => [name, groupId, produces, consumes]),
    ).toEqual(
      expect.arrayContaining([
        ["till", "till", ["orders"], []],
        ["stock", "stock-group", ["orders.stock.dlt"], ["orders"]],
        ["keeper", "keeper", ["journal"], ["journal"]],
      ]),
    );
    expect(imported.users).toEqual(
      expect.arrayContaining([{ name: "ada", principal: "User:ada", roles: ["operator"] }]),
    );
    expect(imported.topics.find(({ name }) => name === "orders")?.configs).toEqual({ "retention.ms": "86400000" });
  });

  it("overwrites no file", async () => {
    writeFileSync(file, shop);
    const { code, err } = await access("import", "-o", file);
    expect([code, err]).toEqual([2, expect.stringContaining("access.yaml: is there already")]);
    expect(readFileSync(file, "utf8")).toBe(shop);
  });
});
