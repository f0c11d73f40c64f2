import { describe, expect, test } from "vitest";
import { consumerGroupOf, parseAccess } from "../../../shared/access/index.ts";
import { smallState } from "./state.ts";

/** Groups of the service `reader` of a file with these lines added to its services. */
function groupsOf(lines: string): string[] {
  const { services } = parseAccess(
    smallState.replace("customServiceAcls:", `${lines}\ncustomServiceAcls:`),
    "access.yaml",
  );
  const service = services.find(({ name }) => name === "reader");
  return service?.consumes.map((topic) => consumerGroupOf(service, topic)) ?? [];
}

const reader = (consumes: string, more = "") => `  reader: { type: application, consumes: ${consumes}${more} }`;

describe("the consumer group of a service for a topic", () => {
  test.each([
    ["one topic: the service's own", reader("[orders]"), ["reader"]],
    [
      "several topics: one for each, as every mapping needs its own",
      reader("[orders, journal]"),
      ["reader.orders", "reader.journal"],
    ],
    [
      "several topics of a SCRAM client, which is no mapping: one",
      reader("[orders, journal]", ", auth: scram"),
      ["reader", "reader"],
    ],
    [
      "several topics of a SCRAM service that mappings read for: one for each",
      reader("[orders, journal]", ", auth: scram, event-source-mapping: true"),
      ["reader.orders", "reader.journal"],
    ],
    [
      "several topics of an IAM client that is no mapping: one",
      reader("[orders, journal]", ", event-source-mapping: false"),
      ["reader", "reader"],
    ],
  ])("%s", (_name, lines, groups) => {
    expect(groupsOf(lines)).toEqual(groups);
  });

  test("a group that another service has already is refused", () => {
    const other = "  other: { type: application, group-id: reader.orders, consumes: [orders] }";
    expect(() => groupsOf(`${other}\n${reader("[orders, journal]")}`)).toThrow(
      /services\.reader\.group-id: the group 'reader\.orders' is already that of services\.other/,
    );
  });

  test("a group that the topic makes longer than Lambda takes is refused", () => {
    const longest = `, group-id: ${"g".repeat(194)}`;
    expect(() => groupsOf(reader("[orders, journal]", longest))).toThrow(
      /services\.reader\.group-id: must have at most 200 characters, got 201; .* got 202/,
    );
  });
});
