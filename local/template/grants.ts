import * as v from "valibot";
import type { Acl, Operation, ResourceType } from "../../shared/access/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import type { Assembly, Resource } from "./assembly.ts";
import type { Resolve } from "./resolve.ts";

/**
 * The Kafka operation that each kafka-cluster action allows. Connect has none: who authenticates is connected.
 * Source: "IAM access control", actions and resources, Amazon MSK developer guide.
 */
const operationOf: Readonly<Record<string, readonly [ResourceType, Operation] | undefined>> = {
  "kafka-cluster:DescribeTopic": ["TOPIC", "DESCRIBE"],
  "kafka-cluster:DescribeTopicDynamicConfiguration": ["TOPIC", "DESCRIBE_CONFIGS"],
  "kafka-cluster:AlterTopicDynamicConfiguration": ["TOPIC", "ALTER_CONFIGS"],
  "kafka-cluster:CreateTopic": ["TOPIC", "CREATE"],
  "kafka-cluster:AlterTopic": ["TOPIC", "ALTER"],
  "kafka-cluster:DeleteTopic": ["TOPIC", "DELETE"],
  "kafka-cluster:ReadData": ["TOPIC", "READ"],
  "kafka-cluster:WriteData": ["TOPIC", "WRITE"],
  "kafka-cluster:DescribeGroup": ["GROUP", "DESCRIBE"],
  "kafka-cluster:AlterGroup": ["GROUP", "READ"],
  "kafka-cluster:DeleteGroup": ["GROUP", "DELETE"],
  "kafka-cluster:WriteDataIdempotently": ["CLUSTER", "IDEMPOTENT_WRITE"],
  "kafka-cluster:DescribeCluster": ["CLUSTER", "DESCRIBE"],
  "kafka-cluster:DescribeClusterDynamicConfiguration": ["CLUSTER", "DESCRIBE_CONFIGS"],
  "kafka-cluster:DescribeTransactionalId": ["TRANSACTIONAL_ID", "DESCRIBE"],
  "kafka-cluster:AlterTransactionalId": ["TRANSACTIONAL_ID", "WRITE"],
};

const oneOrMore = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((value) => (typeof value === "string" ? [value] : value)),
);
const documentSchema = v.looseObject({
  Statement: v.array(
    v.looseObject({ Effect: v.string(), Action: v.optional(oneOrMore, []), Resource: v.optional(oneOrMore, []) }),
  ),
});

/**
 * The kafka-cluster grants of a function's role, as ACLs of a SCRAM principal: IAM cannot exist on a local broker, its
 * grants can. A role that may not connect gets none, and a missing grant fails here as it would on MSK.
 */
export function aclsOfRole(principal: string, role: Resource, assembly: Assembly, resolve: Resolve): Acl[] {
  const statements = policiesOf(role, assembly)
    .map(({ stack, properties }) => v.parse(documentSchema, resolve(stack, properties.PolicyDocument)))
    .flatMap(({ Statement }) => Statement)
    .filter(({ Action }) => Action.some((action) => action.startsWith("kafka-cluster:")));
  if (statements.some(({ Effect }) => Effect !== "Allow"))
    throw unsupported(principal, "a kafka-cluster statement that denies");
  if (!statements.some(({ Action }) => Action.includes("kafka-cluster:Connect"))) return [];
  return statements.flatMap(({ Action, Resource: arns }) =>
    Action.filter((action) => action.startsWith("kafka-cluster:") && action !== "kafka-cluster:Connect").flatMap(
      (action) => {
        const operation = operationOf[action];
        if (operation === undefined) throw unsupported(principal, `the action ${action}`);
        return arns.flatMap((arn) => aclOf(principal, operation, arn));
      },
    ),
  );
}

/** arn:aws:kafka:region:account:topic/cluster/uuid/name → an ACL on that topic, where the action is one on topics. */
function aclOf(principal: string, [resourceType, operation]: readonly [ResourceType, Operation], arn: string): Acl[] {
  const [kind = "", , , ...name] = arn.split(":").slice(5).join(":").split("/");
  if (kind.toUpperCase().replace("-", "_") !== resourceType) return [];
  const entry = { principal: `User:${principal}`, resourceType, host: "*", operation, permission: "ALLOW" } as const;
  if (resourceType === "CLUSTER") return [{ ...entry, resourceName: "kafka-cluster", patternType: "LITERAL" }];
  const pattern = name.join("/");
  const prefixed = pattern.endsWith("*") && pattern !== "*";
  return [
    {
      ...entry,
      resourceName: prefixed ? pattern.slice(0, -1) : pattern,
      patternType: prefixed ? "PREFIXED" : "LITERAL",
    },
  ];
}

function policiesOf(role: Resource, assembly: Assembly): Resource[] {
  return ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"]
    .flatMap((type) => assembly.resourcesOf(type))
    .filter(
      ({ stack, properties }) =>
        stack === role.stack &&
        JSON.stringify(properties.Roles ?? []).includes(JSON.stringify({ Ref: role.logicalId })),
    );
}

function unsupported(principal: string, what: string): BackboneError {
  return new BackboneError(
    "TEMPLATE_UNSUPPORTED",
    `the role of ${principal} has ${what}, which has no counterpart among Kafka's ACLs`,
  );
}
