import { describe, expect, test } from "vitest";
import { aclsOfRole } from "../../../local/template/grants.ts";
import { createResolver } from "../../../local/template/resolve.ts";
import {
  type Access,
  grantsOf,
  parseAccess,
  type Service,
  type Statement,
  statementsOf,
} from "../../../shared/access/index.ts";
import { assemblyOf, resourceOf, stackOf } from "../../fixtures/templates.ts";
import { smallAccess } from "./state.ts";

const access = parseAccess(
  `
topics:
  clicks: { partitions: 6 }
  views: { partitions: 6 }
services:
  web: { type: application, produces: [clicks], consumes: [clicks, views] }
  collector: { type: application, produces: [clicks] }
  sinks:
    type: kafka-connect
    connectors: { to-search: { consumes: [views] }, from-crm: { produces: [clicks] } }
  sessions: { type: kafka-streams, consumes: [clicks], produces: [views] }
`,
  "access.yaml",
);

function serviceOf({ services }: Access, name: string): Service {
  const service = services.find((candidate) => candidate.name === name);
  if (service === undefined) throw new Error(`no service ${name}`);
  return service;
}

function linesOf(statements: readonly Statement[]): string[] {
  return statements.map(({ resourceType, resourceName, patternType, actions }) => {
    const name = patternType === "PREFIXED" ? `${resourceName}*` : resourceName;
    return `${resourceType} ${name}: ${actions.toSorted().join(" ")}`;
  });
}

describe("statementsOf", () => {
  test("a producer writes idempotently, which is allowed on the cluster", () => {
    expect(linesOf(statementsOf(access, serviceOf(access, "collector")))).toEqual([
      "CLUSTER kafka-cluster: Connect WriteDataIdempotently",
      "TOPIC clicks: DescribeTopic WriteData",
    ]);
  });

  test("a consumer of several topics reads each in a group of its own and writes its dead letters, each resource in one statement", () => {
    expect(linesOf(statementsOf(access, serviceOf(access, "web")))).toEqual([
      "CLUSTER kafka-cluster: Connect DescribeClusterDynamicConfiguration WriteDataIdempotently",
      "TOPIC clicks: DescribeTopic ReadData WriteData",
      "TOPIC clicks.web.dlt: DescribeTopic WriteData",
      "TOPIC views.web.dlt: DescribeTopic WriteData",
      "TOPIC views: DescribeTopic ReadData",
      "GROUP web.clicks: AlterGroup DescribeGroup",
      "GROUP web.views: AlterGroup DescribeGroup",
    ]);
  });

  test("a kafka-streams application has its internal topics and transactions by their prefix", () => {
    expect(linesOf(statementsOf(access, serviceOf(access, "sessions")))).toEqual([
      "CLUSTER kafka-cluster: Connect DescribeClusterDynamicConfiguration WriteDataIdempotently",
      "TOPIC views: DescribeTopic WriteData",
      "TOPIC clicks: DescribeTopic ReadData",
      "TOPIC sessions*: AlterTopic AlterTopicDynamicConfiguration CreateTopic DeleteTopic DescribeTopic " +
        "DescribeTopicDynamicConfiguration ReadData WriteData",
      "GROUP sessions: AlterGroup DeleteGroup DescribeGroup",
      "TRANSACTIONAL_ID sessions*: AlterTransactionalId DescribeTransactionalId",
    ]);
  });

  test("a service that redrives has the groups that dead letters are read in", () => {
    const redriving = parseAccess(
      `
topics: { orders: { partitions: 1 } }
services:
  stock: { type: application, auth: scram, consumes: [orders] }
  operators: { type: application, redrives: true }
`,
      "access.yaml",
    );

    expect(linesOf(statementsOf(redriving, serviceOf(redriving, "operators")))).toEqual([
      "CLUSTER kafka-cluster: Connect WriteDataIdempotently",
      "TOPIC orders.stock.dlt: DescribeTopic ReadData",
      "TOPIC orders: DescribeTopic WriteData",
      "GROUP dead-letters-*: AlterGroup DeleteGroup DescribeGroup",
    ]);
  });

  test("a service whose grants are ACLs is refused", () => {
    const small = smallAccess();

    expect(() => statementsOf(small, serviceOf(small, "keeper"))).toThrow(
      "service keeper: auth must be iam, got scram",
    );
  });
});

test.each(access.services.map(({ name }) => name))(
  "what the statements of %s become on the local broker holds everything that the file grants it",
  (name) => {
    const service = serviceOf(access, name);

    const acls = localAclsOf(statementsOf(access, service));

    expect(acls).toEqual(expect.arrayContaining(grantsOf(access, service)));
  },
);

/** What the local backbone makes of a role with these statements. */
function localAclsOf(statements: readonly Statement[]) {
  const Statement = statements.map(({ resourceType, resourceName, patternType, actions }) => {
    const kind = resourceType.toLowerCase().replace("_", "-");
    const suffix = `${resourceName}${patternType === "PREFIXED" ? "*" : ""}`;
    return {
      Effect: "Allow",
      Action: actions.map((action) => `kafka-cluster:${action}`),
      Resource: `arn:aws:kafka:eu-central-1:000000000000:${kind}/backbone/uuid-1${kind === "cluster" ? "" : `/${suffix}`}`,
    };
  });
  const stack = stackOf("services", {
    Role: { Type: "AWS::IAM::Role" },
    Policy: { Type: "AWS::IAM::Policy", Properties: { Roles: [{ Ref: "Role" }], PolicyDocument: { Statement } } },
  });
  const assembly = assemblyOf(stack);
  return aclsOfRole("function", resourceOf(stack, "Role"), assembly, createResolver(assembly, new Map())).map(
    ({ resourceType, resourceName, patternType, operation }) => ({
      resourceType,
      resourceName,
      patternType,
      operation,
    }),
  );
}
