import { describe, expect, it } from "vitest";
import { aclsOfRole } from "../../../../local/template/grants.ts";
import { createResolver } from "../../../../local/template/resolve.ts";
import { assemblyOf, resourceOf, stackOf } from "../../../fixtures/templates.ts";

const arn = (kind: string, name: string) => `arn:aws:kafka:eu-central-1:000000000000:${kind}/backbone/uuid-1${name}`;
const connect = { Effect: "Allow", Action: "kafka-cluster:Connect", Resource: arn("cluster", "") };

function aclsFor(...Statement: object[]) {
  const stack = stackOf("services", {
    Role: { Type: "AWS::IAM::Role" },
    Policy: { Type: "AWS::IAM::Policy", Properties: { Roles: [{ Ref: "Role" }], PolicyDocument: { Statement } } },
    OtherPolicy: { Type: "AWS::IAM::Policy", Properties: { Roles: [{ Ref: "Other" }], PolicyDocument: {} } },
  });
  const assembly = assemblyOf(stack);
  return aclsOfRole("inventory", resourceOf(stack, "Role"), assembly, createResolver(assembly, new Map()));
}

describe("aclsOfRole", () => {
  it("turns each granted action into the Kafka operation on the resources of its kind", () => {
    const acls = aclsFor(connect, {
      Effect: "Allow",
      Action: ["kafka-cluster:ReadData", "kafka-cluster:AlterGroup"],
      Resource: [arn("topic", "/order-events"), arn("group", "/inventory")],
    });
    const allowed = { principal: "User:inventory", host: "*", permission: "ALLOW", patternType: "LITERAL" };
    expect(acls).toEqual([
      { ...allowed, resourceType: "TOPIC", resourceName: "order-events", operation: "READ" },
      { ...allowed, resourceType: "GROUP", resourceName: "inventory", operation: "READ" },
    ]);
  });

  it("makes a trailing wildcard a prefix", () => {
    const acls = aclsFor(connect, {
      Effect: "Allow",
      Action: "kafka-cluster:WriteData",
      Resource: arn("topic", "/a-*"),
    });
    expect(acls).toMatchObject([{ resourceName: "a-", patternType: "PREFIXED", operation: "WRITE" }]);
  });

  it("names the cluster as Kafka does", () => {
    const action = "kafka-cluster:WriteDataIdempotently";
    const acls = aclsFor(connect, { Effect: "Allow", Action: action, Resource: arn("cluster", "") });
    expect(acls).toMatchObject([
      { resourceType: "CLUSTER", resourceName: "kafka-cluster", operation: "IDEMPOTENT_WRITE" },
    ]);
  });

  it("gives nothing to a role that may not connect", () => {
    const read = { Effect: "Allow", Action: "kafka-cluster:ReadData", Resource: arn("topic", "/order-events") };
    expect(aclsFor(read)).toEqual([]);
  });

  it("refuses an action that has no counterpart, and a denial", () => {
    const statement = { Effect: "Allow", Action: "kafka-cluster:FlyToTheMoon", Resource: arn("topic", "/t") };
    expect(() => aclsFor(connect, statement)).toThrow(/role of inventory has the action kafka-cluster:FlyToTheMoon/);
    expect(() => aclsFor({ ...connect, Effect: "Deny" })).toThrow(/a kafka-cluster statement that denies/);
  });
});
