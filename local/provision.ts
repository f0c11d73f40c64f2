import { isDeepStrictEqual } from "node:util";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from "@aws-sdk/client-dynamodb";
import type { Admin } from "kafkajs";
import * as v from "valibot";
import type { Acl } from "../shared/access/index.ts";
import { toKafkajsAcl } from "../shared/access-plan/index.ts";
import { BackboneError } from "../shared/errors.ts";
import { brokerCount } from "./parts/kafka-settings.ts";
import type { Assembly } from "./template/assembly.ts";
import { localRegion, type Resolve } from "./template/resolve.ts";

/** A topic of the templates. */
export interface Topic {
  readonly name: string;
  readonly partitions: number;
  readonly configs: ReadonlyMap<string, string>;
}

const topicSchema = v.strictObject({
  ClusterArn: v.string(),
  TopicName: v.string(),
  PartitionCount: v.number(),
  ReplicationFactor: v.number(),
  Configs: v.optional(v.string(), ""),
});

export function topicsOfTemplates(assembly: Assembly, resolve: Resolve): Topic[] {
  return assembly.resourcesOf("AWS::MSK::Topic").map(({ stack, properties }) => {
    const { TopicName, PartitionCount, Configs } = v.parse(topicSchema, resolve(stack, properties));
    const configs = parseProperties(Buffer.from(Configs, "base64").toString("utf8"));
    return { name: TopicName, partitions: PartitionCount, configs };
  });
}

/** Lines of `name=value`, as in MSK's configurations and topic configs. */
export function parseProperties(text: string): Map<string, string> {
  return new Map(
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const at = line.indexOf("=");
        return [line.slice(0, at).trim(), line.slice(at + 1).trim()] as const;
      }),
  );
}

/**
 * Creates the topics that are not there yet; one broker can hold one replica, so that is what each gets.
 * @throws BackboneError INVALID_OPTIONS when a kept topic has other partitions than the template's
 */
export async function createTopics(admin: Admin, topics: readonly Topic[]): Promise<void> {
  const present = new Set(await admin.listTopics());
  const [missing, kept] = [
    topics.filter(({ name }) => !present.has(name)),
    topics.filter(({ name }) => present.has(name)),
  ];
  const { topics: metadata } = await admin.fetchTopicMetadata({ topics: kept.map(({ name }) => name) });
  for (const { name, partitions } of metadata)
    if (kept.some((topic) => topic.name === name && topic.partitions !== partitions.length))
      throw changed(`topic ${name} has ${partitions.length} partitions there`);
  if (missing.length === 0) return;
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map(({ name, partitions, configs }) => ({
      topic: name,
      numPartitions: partitions,
      replicationFactor: brokerCount,
      configEntries: [...configs].map(([key, value]) => ({
        name: key,
        value: key === "min.insync.replicas" ? String(brokerCount) : value,
      })),
    })),
  });
}

export async function createAcls(admin: Admin, acls: readonly Acl[]): Promise<void> {
  await admin.createAcls({ acl: acls.map(toKafkajsAcl) });
}

/** Settings of every client of the local DynamoDB; it accepts any key, so these are no secret. */
export function dynamoDbSettings(port: number) {
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region: localRegion,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  } as const;
}

/** Creates the tables of the templates that are not there yet, with their keys, indexes and streams; gives all names. */
export async function createTables(port: number, assembly: Assembly, resolve: Resolve): Promise<string[]> {
  const client = new DynamoDBClient(dynamoDbSettings(port));
  const names: string[] = [];
  try {
    for (const table of assembly.resourcesOf("AWS::DynamoDB::Table")) {
      const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes, StreamSpecification } =
        v.parse(tableSchema, resolve(table.stack, table.properties));
      const name = String(resolve(table.stack, { Ref: table.logicalId }));
      names.push(name);
      try {
        await client.send(
          new CreateTableCommand({
            TableName: name,
            BillingMode: "PAY_PER_REQUEST",
            AttributeDefinitions,
            KeySchema,
            GlobalSecondaryIndexes,
            LocalSecondaryIndexes,
            ...(StreamSpecification && {
              StreamSpecification: { StreamEnabled: true, StreamViewType: StreamSpecification.StreamViewType },
            }),
          }),
        );
      } catch (error) {
        if (!(error instanceof ResourceInUseException)) throw error;
        const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
        if (!isDeepStrictEqual(Table?.KeySchema, KeySchema)) throw changed(`table ${name} has another key there`);
      }
    }
    return names;
  } finally {
    client.destroy();
  }
}

function changed(what: string): BackboneError {
  return new BackboneError(
    "INVALID_OPTIONS",
    `the kept state does not fit the templates: ${what}; start with another --data folder`,
  );
}

const keySchema = v.array(v.object({ AttributeName: v.string(), KeyType: v.picklist(["HASH", "RANGE"]) }));
const indexSchema = v.array(
  v.object({
    IndexName: v.string(),
    KeySchema: keySchema,
    Projection: v.object({
      ProjectionType: v.picklist(["ALL", "KEYS_ONLY", "INCLUDE"]),
      NonKeyAttributes: v.optional(v.array(v.string())),
    }),
  }),
);
const tableSchema = v.looseObject({
  AttributeDefinitions: v.array(v.object({ AttributeName: v.string(), AttributeType: v.picklist(["S", "N", "B"]) })),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: v.optional(indexSchema),
  LocalSecondaryIndexes: v.optional(indexSchema),
  StreamSpecification: v.optional(
    v.looseObject({ StreamViewType: v.picklist(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]) }),
  ),
});
