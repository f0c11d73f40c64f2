import { BackboneError } from "../errors.ts";
import { clusterName, grantsOf } from "./grants.ts";
import type { Access, Operation, PatternType, ResourceType, Service } from "./model.ts";

/** What an IAM policy allows on one resource of the cluster, before there is an ARN. */
export interface Statement {
  /** Actions of the service kafka-cluster, each once, e.g. `["DescribeTopic", "WriteData"]`. */
  readonly actions: readonly string[];
  readonly resourceType: ResourceType;
  /** `kafka-cluster` for the cluster itself. */
  readonly resourceName: string;
  /** PREFIXED: of all whose names begin so. */
  readonly patternType: PatternType;
}

/**
 * The statements that let an IAM service do what the access file says: to connect, and for each of its grants the
 * actions of the same meaning, with those that MSK requires beside them; writers write idempotently, which is allowed on
 * the cluster, groups on the group.
 *
 * https://docs.aws.amazon.com/msk/latest/developerguide/kafka-actions.html
 *
 * @throws BackboneError INVALID_OPTIONS for a service whose grants are ACLs
 */
export function statementsOf(access: Access, service: Service): Statement[] {
  if (service.auth !== "iam") {
    throw new BackboneError("INVALID_OPTIONS", `service ${service.name}: auth must be iam, got ${service.auth}`);
  }
  const grants = grantsOf(access, service);
  const writes = grants.some(({ resourceType, operation }) => resourceType === "TOPIC" && operation === "WRITE");
  const statements: Statement[] = [
    {
      resourceType: "CLUSTER",
      resourceName: clusterName,
      patternType: "LITERAL",
      actions: ["Connect", ...(writes ? ["WriteDataIdempotently"] : [])],
    },
    ...grants.map(({ operation, ...resource }) => ({
      ...resource,
      actions: actionsFor(resource.resourceType, operation),
    })),
  ];
  return [...Map.groupBy(statements, ({ actions: _, ...resource }) => JSON.stringify(resource)).values()].flatMap(
    merged,
  );
}

/** Statements on one resource as one. */
function merged(statements: readonly Statement[]): Statement[] {
  const actions = new Set(statements.flatMap((statement) => statement.actions));
  return statements.slice(0, 1).map((statement) => ({ ...statement, actions: [...actions] }));
}

/** Of each operation that a rule grants, the action of the same meaning, after those that MSK requires beside it. */
const actionsByResource: Readonly<Record<ResourceType, Partial<Record<Operation, readonly string[]>>>> = {
  TOPIC: {
    READ: ["DescribeTopic", "ReadData"],
    WRITE: ["DescribeTopic", "WriteData"],
    DESCRIBE: ["DescribeTopic"],
    CREATE: ["CreateTopic"],
    DELETE: ["DescribeTopic", "DeleteTopic"],
    ALTER: ["DescribeTopic", "AlterTopic"],
    DESCRIBE_CONFIGS: ["DescribeTopic", "DescribeTopicDynamicConfiguration"],
    ALTER_CONFIGS: ["DescribeTopic", "DescribeTopicDynamicConfiguration", "AlterTopicDynamicConfiguration"],
  },
  GROUP: {
    READ: ["DescribeGroup", "AlterGroup"],
    DESCRIBE: ["DescribeGroup"],
    DELETE: ["DescribeGroup", "DeleteGroup"],
  },
  CLUSTER: {
    DESCRIBE: ["DescribeCluster"],
    DESCRIBE_CONFIGS: ["DescribeClusterDynamicConfiguration"],
  },
  TRANSACTIONAL_ID: {
    DESCRIBE: ["DescribeTransactionalId"],
    WRITE: ["DescribeTransactionalId", "AlterTransactionalId"],
  },
};

function actionsFor(resourceType: ResourceType, operation: Operation): readonly string[] {
  const actions = actionsByResource[resourceType][operation];
  if (actions === undefined) throw new Error(`no action of kafka-cluster means ${operation} on a ${resourceType}`);
  return actions;
}
