import { describe, expect, test } from "vitest";
import {
  type Access,
  consumerGroupOf,
  mappedService,
  parseAccess,
  type Service,
  statementsOf,
} from "../../../shared/access/index.ts";
import { smallState } from "./state.ts";

/** A file with these lines added to its services, and its service `reader`. */
function read(lines: string): { access: Access; reader: Service } {
  const text = smallState.replace("customServiceAcls:", `${lines}\ncustomServiceAcls:`);
  const access = parseAccess(text, "access.yaml");
  const reader = access.services.find(({ name }) => name === "reader");
  if (reader === undefined) throw new Error("the file has no service 'reader'");
  return { access, reader };
}

function groupsOf(lines: string): string[] {
  const { reader } = read(lines);
  return reader.consumes.map((topic) => consumerGroupOf(reader, topic));
}

const reader = (consumes: string, more = "") => `  reader: { type: application, consumes: ${consumes}${more} }`;

describe("the consumer group of a service for a topic", () => {
  test.each([
    [
      "one topic: the same as beside others, since a mapping keeps its group for life",
      reader("[orders]"),
      ["reader.orders"],
    ],
    [
      "one topic of a SCRAM client, which is no mapping: the service's own",
      reader("[orders]", ", auth: scram"),
      ["reader"],
    ],
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

  test("one of its mappings is granted the group that it reads in, and no other", () => {
    const { access, reader: service } = read(reader("[orders, journal]"));

    const groups = statementsOf(access, mappedService(service, "journal")).filter(
      ({ resourceType }) => resourceType === "GROUP",
    );

    expect(groups.map(({ resourceName }) => resourceName)).toEqual(["reader.journal"]);
  });

  test.each([
    ["a client", "group-id: reader.orders, auth: scram"],
    ["a service that mappings read for, too", "group-id: reader"],
  ])("a group that another service has already is refused: %s", (_name, more) => {
    const other = `  other: { type: application, ${more}, consumes: [orders] }`;
    expect(() => groupsOf(`${other}\n${reader("[orders, journal]")}`)).toThrow(
      /services\.reader\.group-id: the group 'reader\.orders' is already that of services\.other/,
    );
  });

  test("a group that those who redrive could delete is refused, unless it is their own", () => {
    const archive = "  archive: { type: application, auth: scram, group-id: dead-letters-archive, consumes: [orders] }";
    const operators = `  operators: { type: application, redrives: true, group-id: dead-letters-operators, consumes: [orders] }`;

    expect(groupsOf(`${archive}\n${reader("[orders]")}`)).toHaveLength(1);
    expect(() => groupsOf(`${archive}\n${operators}\n${reader("[orders]")}`)).toThrow(
      /access\.yaml: services\.archive\.group-id: the group 'dead-letters-archive' must not begin with dead-letters-, as those that services with redrives delete$/,
    );
  });

  test.each([
    [
      "of another who redrives",
      "  auditors: { type: application, redrives: true, group-id: dead-letters-auditors, consumes: [orders] }",
      "",
      "services.auditors.group-id: the group 'dead-letters-auditors.orders'",
    ],
    [
      "in somebody's custom ACL",
      "",
      "users: { operators: {} }\ncustomUserAcls:\n  operators: { a: { name: dead-letters-archive, type: GROUP, pattern: LITERAL, operation: READ, permission: ALLOW } }",
      "customUserAcls.operators: the group 'dead-letters-archive'",
    ],
  ])("so is one %s", (_name, other, more, problem) => {
    const operators = "  operators: { type: application, redrives: true, consumes: [orders] }";

    expect(() => groupsOf(`${operators}\n${other}\n${reader("[orders]")}\n${more}`)).toThrow(
      `${problem} must not begin with dead-letters-`,
    );
  });

  test("a group that the topic makes longer than Lambda takes is refused", () => {
    const longest = `, group-id: ${"g".repeat(193)}`;
    expect(groupsOf(reader("[orders]", longest))).toEqual([`${"g".repeat(193)}.orders`]);
    expect(() => groupsOf(reader("[orders, journal]", longest))).toThrow(
      /services\.reader\.group-id: the group 'g+\.journal' must have at most 200 characters, got 201$/,
    );
  });
});
