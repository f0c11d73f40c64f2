import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { prod } from "../../../infra/stages/prod.ts";
import { usage } from "../../../local/access/arguments.ts";
import { parseAccess, topicsOf } from "../../../shared/access/index.ts";
import { desiredStateOf, fittedTo, planOf, planText } from "../../../shared/access-plan/index.ts";

const root = new URL("../../../", import.meta.url);
const page = readFileSync(new URL("docs/access.md", root), "utf8");

it("docs/access.md has the usage that the command prints", () => {
  expect(page).toContain(`<!-- usage -->\n\`\`\`\n${usage}\`\`\``);
});

const own = readFileSync(new URL("infra/access.yaml", root), "utf8");

/** The project's own file with the entries of a page's example. */
function extendedBy(text: string): string {
  const [, topics = "", services = ""] = /```yaml\ntopics:\n(.*?)\nservices:\n(.*?)```/s.exec(text) ?? [];
  // At the end of a section each, so that no line of the file has to be known here.
  return own
    .replace(/^services:$/m, () => `${topics}\nservices:`)
    .replace(/^customServiceAcls:$/m, () => `${services}\ncustomServiceAcls:`);
}

it("the entries that the README shows are a topic and a service, and the dead-letter topic follows", () => {
  const access = parseAccess(extendedBy(readFileSync(new URL("README.md", root), "utf8")), "access.yaml");
  expect(topicsOf(access).map(({ name }) => name)).toEqual(
    expect.arrayContaining(["payments", "order-events.billing.dlt"]),
  );
  expect(access.services.find(({ name }) => name === "billing")).toMatchObject({ produces: ["payments"] });
});

it("docs/access.md shows what its example makes of the project's own file", () => {
  const extended = extendedBy(page);
  const [before, after] = [own, extended].map((text) => fittedTo(1, desiredStateOf(parseAccess(text, "access.yaml"))));
  if (before === undefined || after === undefined) throw new Error("no states");
  const actual = {
    clusterId: "local",
    brokers: 1,
    acls: before.acls,
    topics: before.topics.map(({ configs, ...topic }) => ({
      ...topic,
      configs: new Map(
        Object.entries(configs).map(([key, value]) => [key, { value, defaultValue: undefined, isSet: true }]),
      ),
    })),
  };
  const plan = planOf({ desired: after, actual });
  const text = planText(plan, { paint: (_, words) => words, includeUnchanged: false, records: new Map() });
  expect(page).toContain(text);
});

it("a function that was stopped gets back the executions that prod reserves for it", () => {
  const putBack =
    /put-function-concurrency --function-name backbone-prod-order-service --reserved-concurrent-executions ([1-9]\d*)/;
  expect(putBack.exec(page)?.[1]).toBe(String(prod.api.concurrency));
  expect(page).not.toContain("delete-function-concurrency --function-name backbone-prod");
});
