import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { aclsOf, parseAccess, statementsOf, topicsOf } from "../../shared/access/index.ts";
import { BackboneError } from "../../shared/errors.ts";

const numRuns = 2_000;
const name = fc.constantFrom(
  "a",
  "b",
  "a.b",
  "a_b",
  "a.b.dlt",
  "x y",
  "",
  "..",
  `\${v}`,
  `\${w}`,
  "constructor",
  "__proto__",
);
const anything = fc.oneof(
  { weight: 2, arbitrary: name },
  fc.jsonValue({ maxDepth: 2 }),
  fc.integer({ min: -1, max: 4 }),
);
const orAnything = <T>(value: fc.Arbitrary<T>) => fc.oneof({ weight: 15, arbitrary: value }, anything);
const names = orAnything(fc.array(name, { maxLength: 3 }));
const named = (value: fc.Arbitrary<unknown>) => orAnything(fc.dictionary(name, orAnything(value), { maxKeys: 3 }));
const keys = (model: Record<string, fc.Arbitrary<unknown>>) => fc.record(model, { requiredKeys: [] });

const service = fc.record(
  {
    type: orAnything(fc.constantFrom("application", "kafka-connect", "kafka-streams")),
    auth: orAnything(fc.constantFrom("iam", "scram")),
    principal: fc.constantFrom("User:a", "User:*", 1),
    produces: names,
    consumes: names,
    connectors: named(keys({ produces: names, consumes: names })),
    "application-id": name,
  },
  { requiredKeys: ["type"] },
);
const file = keys({
  variables: named(keys({ v: anything, w: anything })),
  settings: orAnything(keys({ topics: keys({ blacklist: keys({ prefixed: names }) }) })),
  topics: named(
    fc.record(
      { partitions: orAnything(fc.constantFrom(1, 6)), configs: named(anything) },
      { requiredKeys: ["partitions"] },
    ),
  ),
  services: named(service),
  users: named(keys({ roles: orAnything(fc.subarray(["writer", "reader", "operator"])) })),
});

test("a file is either read, with everything derived from it, or refused by its name", () => {
  let read = 0;

  fc.assert(
    fc.property(file, (content) => {
      try {
        const access = parseAccess(stringify(content), "access.yaml", { stage: "a" });
        read += 1;
        const topics = topicsOf(access).map((topic) => topic.name);
        expect(new Set(topics).size).toBe(topics.length);
        const acls = aclsOf(access).map((acl) => JSON.stringify(acl));
        expect(new Set(acls).size).toBe(acls.length);
        for (const one of access.services.filter(({ auth }) => auth === "iam")) statementsOf(access, one);
      } catch (error) {
        if (!(error instanceof BackboneError)) throw error;
        expect(error.code).toBe("INVALID_OPTIONS");
        expect(error.message).toMatch(/^access\.yaml: ./);
      }
    }),
    { numRuns },
  );

  // About one in 40 is read; how many exactly is chance.
  expect(read).toBeGreaterThan(numRuns / 500);
});
