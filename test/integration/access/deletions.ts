import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readCluster } from "../../../shared/access-plan/index.ts";
import { access, admin, applied, file, foreignAcl, grant, produce, shop, topicNames } from "./cluster.ts";

describe("deletions", () => {
  const less = shop
    .replace(/ {2}journal: .*\n/, "")
    .replace(/ {2}keeper: .*\n/, "")
    .replace(/customServiceAcls:\n.*\n.*\n/, "")
    .replace("roles: [operator]", "roles: []");

  async function withLess(): Promise<void> {
    await applied(shop);
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: "theirs.one" }] });
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: "__internal" }] });
    await grant(foreignAcl);
    writeFileSync(file, less);
  }

  it("happen only when asked for", async () => {
    await withLess();
    const before = await readCluster(admin);
    const { code, out } = await access("apply");
    expect(code).toBe(0);
    expect(out).toMatch(/Not in the file and left alone \(--delete deletes them\): topics journal and \d+ ACLs of its/);
    expect(await readCluster(admin)).toEqual(before);
  });

  it("take what the file no longer has, and nothing that others own", async () => {
    await withLess();
    const { code, out } = await access("apply", "--delete");
    expect(code).toBe(0);
    expect(out).toContain("  - journal  1 partition, replication 1, 0 records\n");
    expect(await topicNames()).toEqual(["orders", "orders.stock.dlt", "theirs.one"]);
    const { acls } = await readCluster(admin);
    expect(acls).toContainEqual(foreignAcl);
    const ada = acls.filter(({ principal }) => principal === "User:ada").map(({ operation }) => operation);
    expect(ada.sort()).toEqual(["ALTER", "WRITE"]);
    // Nobody in the file is called keeper any more: its ACLs are foreign now.
    expect(acls.some(({ principal }) => principal === "User:keeper")).toBe(true);
    expect((await access("plan", "--include-unchanged")).out).toMatch(/foreign.*: User:keeper, User:somebody-else\./);
    expect(await admin.listTopics()).toContain("__internal");
  });

  it("take the ACLs of a principal that has left the file when it is named", async () => {
    await withLess();
    const refused = await access("plan", "--target", "User:keper");
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("--target User:keper: has to be a topic") });
    const offer = "To delete those of a principal: --delete --target PRINCIPAL.\n";
    expect(await access("plan", "--delete")).toMatchObject({ code: 0, out: expect.stringContaining(offer) });
    const { code, out } = await access("apply", "--delete", "--target", "User:keeper");
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/\n {2}- User:keeper {2}User:keeper may WRITE topic journal\n/),
    ]);
    const holders = new Set((await readCluster(admin)).acls.map(({ principal }) => principal));
    expect([...holders].sort()).toEqual(["User:ada", "User:somebody-else", "User:stock", "User:till"]);
    expect(await topicNames()).toContain("journal");
  });

  it("keep to the targets, of which then nothing is left", async () => {
    await withLess();
    const { code, err } = await access("apply", "--delete", "--target", "journal");
    expect(code, err).toBe(0);
    expect(await topicNames()).toEqual(["orders", "orders.stock.dlt", "theirs.one"]);
    const ada = (await readCluster(admin)).acls.filter(({ principal }) => principal === "User:ada");
    expect(ada.some(({ resourceType }) => resourceType === "CLUSTER")).toBe(true);
  });

  it("of a topic that holds records need --yes", async () => {
    await withLess();
    await produce("journal");
    const refused = await access("apply", "--delete");
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("journal (2); --yes deletes them") });
    expect(await topicNames()).toContain("journal");
    expect(await access("apply", "--delete", "--yes")).toMatchObject({ code: 0 });
    expect(await topicNames()).not.toContain("journal");
  });
});
