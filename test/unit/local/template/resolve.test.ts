import { describe, expect, it } from "vitest";
import { createResolver, type LocalResource } from "../../../../local/template/resolve.ts";
import { assemblyOf, stackOf } from "../../../fixtures/templates.ts";

const cluster = stackOf(
  "cluster",
  { Kafka: { Type: "AWS::MSK::Cluster" } },
  { "cluster:Arn": { "Fn::GetAtt": ["Kafka", "Arn"] } },
);
const registry = stackOf("registry", {
  Url: {
    Type: "AWS::SSM::Parameter",
    Properties: { Name: "/url", Value: { "Fn::Join": ["/", ["http://registry", { Ref: "AWS::StackName" }]] } },
  },
});
const ofSystemsManager = (name: string) => ({
  Type: "Parameter",
  Properties: { Type: "AWS::SSM::Parameter::Value<String>", Default: name },
});
const services = stackOf("services", {
  Table: { Type: "AWS::DynamoDB::Table" },
  Queue: { Type: "AWS::SQS::Queue" },
  RegistryUrl: ofSystemsManager("/url"),
  Unknown: ofSystemsManager("/unknown"),
});
const resolve = createResolver(
  assemblyOf(cluster, registry, services),
  new Map<string, LocalResource>([
    ["AWS::MSK::Cluster", { attributes: { Arn: () => "arn:aws:kafka:r:a:cluster/c/uuid" } }],
    ["AWS::DynamoDB::Table", { ref: (resource) => `local-${resource.logicalId}` }],
  ]),
);

describe("createResolver", () => {
  it.each([
    ["plain values", { a: [1, "b", true, null] }, { a: [1, "b", true, null] }],
    ["Ref", { Ref: "Table" }, "local-Table"],
    ["Ref to a pseudo parameter", { Ref: "AWS::StackName" }, "services"],
    ["AWS::NoValue, which takes its key away", { a: 1, b: { Ref: "AWS::NoValue" } }, { a: 1 }],
    ["an import across stacks", { "Fn::ImportValue": "cluster:Arn" }, "arn:aws:kafka:r:a:cluster/c/uuid"],
    ["what another stack keeps in Systems Manager", { Ref: "RegistryUrl" }, "http://registry/registry"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
    ["Fn::Sub", { "Fn::Sub": "x-${Table}-${AWS::Partition}-${!Literal}" }, "x-local-Table-aws-${Literal}"],
    ["Fn::Base64", { "Fn::Base64": "a" }, "YQ=="],
    [
      "Join, Select and Split, nested",
      {
        "Fn::Join": [
          "/",
          ["topic", { "Fn::Select": [1, { "Fn::Split": ["/", { "Fn::ImportValue": "cluster:Arn" }] }] }],
        ],
      },
      "topic/c",
    ],
  ])("evaluates %s", (_, value, expected) => {
    expect(resolve(services, value)).toEqual(expected);
  });

  it.each([
    ["a type that has no local counterpart", { Ref: "Queue" }, /Ref to Queue \(AWS::SQS::Queue\) in stack services/],
    ["an attribute that has none", { "Fn::GetAtt": ["Table", "StreamArn"] }, /Fn::GetAtt StreamArn of Table/],
    ["a function that is not known", { "Fn::Cidr": ["10.0.0.0/16"] }, /the function Fn::Cidr in stack services/],
    ["a resource that is not there", { Ref: "Nothing" }, /the reference Nothing/],
    ["a parameter of Systems Manager that nothing makes", { Ref: "Unknown" }, /the parameter \/unknown of Systems/],
    ["an import that nothing exports", { "Fn::ImportValue": "x" }, /the import x, which no stack exports/],
  ])("refuses %s, naming its place", (_, value, message) => {
    expect(() => resolve(services, value)).toThrow(message);
  });
});
