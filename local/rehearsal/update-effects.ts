import { isDeepStrictEqual } from "node:util";
import { fullDiff, type ResourceDifference, ResourceImpact } from "@aws-cdk/cloudformation-diff";
import * as v from "valibot";

/** A synthesized template, as far as the comparison of two of them looks at it. */
const templateSchema = v.looseObject({
  Outputs: v.optional(v.record(v.string(), v.looseObject({ Export: v.optional(v.looseObject({ Name: v.string() })) }))),
});

/** What an update of one stack does, resource by resource. */
export interface UpdateEffects {
  readonly updated: number;
  readonly added: number;
  readonly removed: number;
  /** `TYPE LOGICAL_ID` of what is made anew, or may be. */
  readonly replaced: readonly string[];
  /** Why it must not be deployed: what would be lost, and what MSK or Lambda would refuse. */
  readonly problems: readonly string[];
}

/** What a backbone must keep through every update: records, tables, and what they are encrypted or reached with. */
const statefulTypes: readonly string[] = [
  "AWS::MSK::Cluster",
  "AWS::MSK::Topic",
  "AWS::DynamoDB::Table",
  "AWS::DynamoDB::GlobalTable",
  "AWS::S3::Bucket",
  "AWS::KMS::Key",
  "AWS::SecretsManager::Secret",
  "AWS::EC2::VPC",
  "AWS::EC2::Subnet",
];

/**
 * Parts of properties whose change makes a new cluster. The comparison knows this of whole properties only.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-msk-cluster-brokernodegroupinfo.html
 */
const replacingParts: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "AWS::MSK::Cluster": [
    ["BrokerNodeGroupInfo", "ClientSubnets"],
    ["BrokerNodeGroupInfo", "SecurityGroups"],
    ["BrokerNodeGroupInfo", "BrokerAZDistribution"],
    ["EncryptionInfo", "EncryptionAtRest"],
    ["EncryptionInfo", "EncryptionInTransit", "InCluster"],
  ],
};

/** What CloudFormation would do to bring a stack from one template to another. */
export function updateEffects(before: object, after: object): UpdateEffects {
  const changes: { name: string; type: string; impact: ResourceImpact }[] = [];
  const refused: string[] = [];
  fullDiff({ ...before }, { ...after }).resources.forEachDifference((logicalId, change) => {
    const type = change.newResourceType ?? change.oldResourceType ?? "";
    changes.push({ name: `${type} ${logicalId}`, type, impact: impactOf(type, change) });
    if (!change.isUpdate) return;
    const attributes = oneAnUpdate[type]?.(change) ?? [];
    if (attributes.length > 1)
      refused.push(
        `${type} ${logicalId} would change ${attributes.join(" and ")} at once, of which MSK takes one an update`,
      );
    const lasting = type === "AWS::Lambda::EventSourceMapping" ? lastingOfMapping(change) : [];
    if (lasting.length > 0)
      refused.push(
        `${type} ${logicalId} would change ${lasting.join(" and ")}, which a mapping that is there keeps: ` +
          "deploy without its consumer, then with the consumer and the change " +
          "(docs/access.md, Another group, topic or starting position)",
      );
  });
  const having = (...impacts: readonly ResourceImpact[]) => changes.filter(({ impact }) => impacts.includes(impact));
  const replaced = having(...replacing);
  const removed = having(ResourceImpact.WILL_DESTROY, ResourceImpact.WILL_ORPHAN);
  return {
    updated: having(ResourceImpact.WILL_UPDATE).length,
    added: having(ResourceImpact.WILL_CREATE).length,
    removed: removed.length,
    replaced: replaced.map(({ name }) => name),
    problems: [...replaced, ...removed]
      .filter(({ type }) => statefulTypes.includes(type))
      .map(({ name }) => `${name} would be replaced or removed`)
      .concat(refused),
  };
}

const replacing: readonly ResourceImpact[] = [ResourceImpact.WILL_REPLACE, ResourceImpact.MAY_REPLACE];

/** Changes of which MSK takes one an update, by resource type. UpdateTopic takes either partitions or settings. */
const oneAnUpdate: Readonly<Record<string, (change: ResourceDifference) => string[]>> = {
  "AWS::MSK::Cluster": changedAttributes,
  "AWS::MSK::Topic": ({ propertyUpdates }) =>
    Object.keys(propertyUpdates).filter((name) => name === "PartitionCount" || name === "Configs"),
};

/**
 * What MSK counts as attributes of a cluster: "You can't update multiple attributes of the cluster in same request". A
 * configuration comes with the version that it is for.
 */
function changedAttributes({ propertyUpdates, oldProperties, newProperties }: ResourceDifference): string[] {
  const attributes = Object.keys(propertyUpdates).flatMap((name) =>
    name === "BrokerNodeGroupInfo"
      ? ["InstanceType", "StorageInfo", "ConnectivityInfo"].filter((part) =>
          differ(oldProperties, newProperties, [name, part]),
        )
      : [name],
  );
  return attributes.includes("KafkaVersion") ? attributes.filter((name) => name !== "ConfigurationInfo") : attributes;
}

/**
 * Properties that would change and that a mapping keeps from its first day on. To replace it, CloudFormation makes another
 * one first, and Lambda has no two of the same function, cluster and topic (409). Other topics count as an update, which
 * succeeds and changes nothing.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-consumer-group-id.html
 * https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2140
 */
function lastingOfMapping(change: ResourceDifference): string[] {
  const topics = "Topics" in change.propertyUpdates ? ["Topics"] : [];
  return [...topics, ...replacingOfMapping(change).filter((name) => name !== "Topics")];
}

/**
 * Of how it reads MSK, the group alone; which schema registry it asks, and what for, can change. The comparison knows this
 * of whole properties only.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-eventsourcemapping-amazonmanagedkafkaeventsourceconfig.html
 */
function replacingOfMapping({ propertyUpdates, oldProperties, newProperties }: ResourceDifference): string[] {
  return Object.entries(propertyUpdates)
    .filter(([, { changeImpact }]) => replacing.some((impact) => impact === changeImpact))
    .flatMap(([name]) => {
      if (name !== "AmazonManagedKafkaEventSourceConfig") return [name];
      return differ(oldProperties, newProperties, [name, "ConsumerGroupId"]) ? [`${name}.ConsumerGroupId`] : [];
    });
}

function impactOf(type: string, change: ResourceDifference): ResourceImpact {
  // The comparison knows no property of them; any that changes makes CloudFormation ask their function.
  if (type.startsWith("Custom::") && Object.keys(change.propertyUpdates).length > 0) return ResourceImpact.WILL_UPDATE;
  if (type === "AWS::Lambda::EventSourceMapping" && replacing.includes(change.changeImpact))
    return replacingOfMapping(change).length > 0 ? change.changeImpact : ResourceImpact.WILL_UPDATE;
  const replaces = replacingParts[type]?.some((path) => differ(change.oldProperties, change.newProperties, path));
  return change.changeImpact === ResourceImpact.WILL_UPDATE && replaces
    ? ResourceImpact.WILL_REPLACE
    : change.changeImpact;
}

function differ(before: unknown, after: unknown, path: readonly string[]): boolean {
  return !isDeepStrictEqual(partOf(before, path), partOf(after, path));
}

function partOf(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (part, name) =>
      typeof part === "object" && part !== null ? Object.entries(part).find(([key]) => key === name)?.[1] : undefined,
    value,
  );
}

/**
 * Exports that the update takes away while a deployed stack still imports them, which CloudFormation refuses. Stacks are
 * updated in the order of their dependencies: whoever exports goes first.
 */
export function missedExports(before: readonly object[], after: readonly object[]): string[] {
  const kept = new Set(after.flatMap(exportsOf));
  const imports = JSON.stringify(before);
  return before.flatMap(exportsOf).filter((name) => !kept.has(name) && imports.includes(`"Fn::ImportValue":"${name}"`));
}

function exportsOf(template: object): string[] {
  const { Outputs = {} } = v.parse(templateSchema, template);
  return Object.values(Outputs).flatMap(({ Export }) => (Export === undefined ? [] : [Export.Name]));
}
