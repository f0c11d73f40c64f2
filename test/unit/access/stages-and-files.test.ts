import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseAccess, readAccess } from "../../../shared/access/index.ts";
import { problemOf, refusalOf } from "./state.ts";

const staged = `
variables:
  default: { size: 6, days: 7, prefix: shop }
  dev: { size: 1 }
topics:
  orders:
    partitions: "\${size}"
    description: orders of \${prefix}, kept \${days} days
    configs: { retention.ms: "\${days}00" }
`;

describe("variables", () => {
  test.each([
    ["a stage of its own values", "dev", 1],
    ["a stage without any", "prod", 6],
    ["no stage", undefined, 6],
  ])("%s", (_, stage, partitions) => {
    const access = parseAccess(staged, "access.yaml", stage === undefined ? {} : { stage });

    expect(access.topics).toEqual([
      {
        name: "orders",
        partitions,
        replication: 3,
        configs: { "retention.ms": "700" },
        description: "orders of shop, kept 7 days",
      },
    ]);
  });

  test("one that the stage does not have is named with its path, and those there are", () => {
    expect(problemOf(staged.replace("{prefix}", "{prefx}"), "dev")).toBe(
      "access.yaml: topics.orders.description: must use a variable of the stage dev (size, days, prefix), " +
        `got "orders of \${prefx}, kept \${days} days"`,
    );
  });

  test("where there is none at all, the stage is named", () => {
    const text = `topics: { orders: { partitions: "\${size}" } }`;

    expect(problemOf(text, "dev")).toContain("must use a variable of the stage dev (there is none)");
    expect(problemOf(text)).toContain("must use a variable of default (there is none)");
  });

  test("a stage that there is not is refused, where it is known which there are", () => {
    const misspelt = staged.replace("dev:", "dve:");
    const stages = ["dev", "prod"];

    expect(refusalOf(() => parseAccess(misspelt, "access.yaml", { stage: "dev", stages }))).toBe(
      'access.yaml: variables.dve: must be default or dev or prod, got "dve"',
    );
    expect(parseAccess(staged, "access.yaml", { stage: "prod", stages }).topics).toHaveLength(1);
  });

  test("a value that is no scalar is refused", () => {
    expect(problemOf("variables: { dev: { sizes: [1] } }")).toBe(
      "access.yaml: variables.dev.sizes: must be text, a number or a boolean, got [1]",
    );
  });

  test("one whose value refers to another, which would stand there verbatim, is refused", () => {
    expect(problemOf(staged.replace("prefix: shop", `prefix: "my-\${days}"`))).toBe(
      `access.yaml: variables.default.prefix: must not refer to a variable, got "my-\${days}"`,
    );
  });

  test("a replaced value is checked like a written one", () => {
    expect(problemOf(staged.replace("size: 1", "size: many"), "dev")).toBe(
      'access.yaml: topics.orders.partitions: must be an integer of at least 1, got "many"',
    );
  });
});

test("a setting that no number holds exactly is kept as it is written", () => {
  const text = "topics: { orders: { partitions: 1, configs: { flush.messages: 9223372036854775807 } } }";

  expect(parseAccess(text, "access.yaml").topics[0]?.configs).toEqual({ "flush.messages": "9223372036854775807" });
});

describe("sections in files of their own", () => {
  const folder = join(import.meta.dirname, "../../fixtures/access");
  const file = join(folder, "state.yaml");

  test("are found from the file that names them, and use its variables", () => {
    const { topics, services, users } = readAccess(file);

    expect(topics).toMatchObject([{ name: "orders", partitions: 2 }]);
    expect(services).toMatchObject([{ name: "shop", produces: ["orders"] }]);
    expect(users).toEqual([{ name: "auditor", principal: "User:auditor", roles: ["reader"] }]);
  });

  const refused = (text: string) => refusalOf(() => parseAccess(text, file));

  test("a file that is not there is named", () => {
    expect(refused("settings: { files: { users: nobody.yaml } }")).toBe(
      `cannot read the access file ${join(folder, "nobody.yaml")}, which settings.files.users of ${file} names: ` +
        "there is no such file or folder",
    );
  });

  test("a file has its one section and nothing else", () => {
    expect(refused("settings: { files: { users: topics.yaml } }\nvariables: { default: { partitions: 1 } }")).toBe(
      `${join(folder, "topics.yaml")}: users: missing; topics: unknown key, must be users`,
    );
  });

  test("a file without its section is refused", () => {
    const folder = mkdtempSync(join(tmpdir(), "sections-"));
    writeFileSync(join(folder, "topics.yaml"), "");

    expect(
      refusalOf(() => parseAccess("settings: { files: { topics: topics.yaml } }", join(folder, "access.yaml"))),
    ).toBe(`${join(folder, "topics.yaml")}: topics: missing`);
  });

  test("a section stands in one place", () => {
    expect(refused("settings: { files: { users: users.yaml } }\nusers: {}")).toBe(
      `${file}: users: must stand either here or in ${join(folder, "users.yaml")}, got both`,
    );
  });

  test("what does not fit another file is named where it stands", () => {
    const text =
      "settings: { files: { services: services-typo.yaml } }\n" +
      "topics: { orders: { partitions: 1, configs: { min.insync.replicas: 4 } } }";

    expect(refused(text)).toBe(
      `${file}: topics.orders.configs.min.insync.replicas: must be 1 to 3, the topic's replication, got 4; ` +
        `${join(folder, "services-typo.yaml")}: services.shop.produces.0: must be a topic of this file (orders), got 'order'`,
    );
  });
});

test("an alias without an anchor is refused", () => {
  expect(problemOf("topics: { orders: *nothing }")).toMatch(/^access\.yaml: .*alias/i);
});
