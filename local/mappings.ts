import type { Admin, Kafka } from "kafkajs";
import { consumerGroupOf, type Service } from "../shared/access/index.ts";
import { BackboneError } from "../shared/errors.ts";
import { missingGrant } from "../shared/kafka/index.ts";
import type { Functions } from "./functions.ts";
import { type EventSourceMapping, startEventSourceMapping } from "./mapping/event-source-mapping.ts";
import { defineMapping, type MappingDefinition } from "./mapping/mapping-definition.ts";
import type { Topic } from "./provision.ts";
import { isStreamMapping } from "./streams/stream-definition.ts";
import type { Assembly } from "./template/assembly.ts";
import type { Resolve } from "./template/resolve.ts";
import { userOfSecret } from "./template/scram-secrets.ts";

export interface MappingsOptions {
  readonly assembly: Assembly;
  readonly resolve: Resolve;
  readonly functions: Functions;
  readonly topics: readonly Topic[];
  /** Of the access file: a mapping works for the one whose consumer group it has. */
  readonly services: readonly Service[];
  readonly bootstrapServers: string;
  /** Client of a principal by its name. */
  readonly clientOf: (principal: string) => Kafka;
  readonly say: (line: string) => void;
  /** Told when a mapping has ended by itself. */
  readonly onCrash: (error: BackboneError) => void;
}

/** Starts every enabled event source mapping of a topic, each as its SCRAM user or as the principal of its function's role. */
export async function startMappings(options: MappingsOptions): Promise<EventSourceMapping[]> {
  const definitions = options.assembly
    .resourcesOf("AWS::Lambda::EventSourceMapping")
    .filter((resource) => !isStreamMapping(resource, options.resolve))
    .map((resource) => defineMapping(resource, options.resolve))
    .filter(({ enabled }) => enabled);
  return Promise.all(definitions.map((definition) => startMapping(definition, options)));
}

async function startMapping(
  definition: MappingDefinition,
  { assembly, resolve, functions, topics, services, bootstrapServers, clientOf, say, onCrash }: MappingsOptions,
): Promise<EventSourceMapping> {
  const target = functions.get(definition.functionName);
  const { scramSecretArn } = definition;
  const principal =
    scramSecretArn === undefined ? target.definition.name : userOfSecret(scramSecretArn, assembly, resolve);
  const topic = topics.find(({ name }) => name === definition.topic);
  const service = services.find((one) => consumerGroupOf(one, definition.topic) === definition.consumerGroup);
  function ended(cause: unknown): BackboneError {
    const user = { principal, ...(service === undefined ? {} : { service: service.name }) };
    const use = { operation: "READ", topic: definition.topic, group: definition.consumerGroup } as const;
    const reason = missingGrant(cause, user, use) ?? (cause instanceof Error ? cause.message : String(cause));
    const what = `the mapping of ${definition.topic} to ${definition.functionName}, group ${definition.consumerGroup}`;
    const whose = scramSecretArn === undefined ? "those of the function's role" : `the ACLs of User:${principal}`;
    return new BackboneError("PART_FAILED", `${what}, ended: ${reason}. Its grants are ${whose}`, { cause });
  }
  try {
    return await startEventSourceMapping({
      definition,
      function: target,
      kafka: clientOf(principal),
      bootstrapServers,
      partitions: topic?.partitions ?? 1,
      timestampType:
        topic?.configs.get("message.timestamp.type") === "LogAppendTime" ? "LOG_APPEND_TIME" : "CREATE_TIME",
      onCrash: (error) => onCrash(ended(error)),
      onBeginAnew: (error) => say(`${definition.consumerGroup}: joins its group again: ${error.message}`),
      async sendToFailureTopic(topic, messages) {
        const producer = clientOf(principal).producer({ allowAutoTopicCreation: false });
        try {
          await producer.connect();
          // Each alone: kafkajs makes one batch of what it is given, which the topic might find too large.
          for (const message of messages) await producer.send({ topic, messages: [message] });
        } finally {
          await producer.disconnect();
        }
      },
      onGiveUp: ({ records, topic }) =>
        say(`${definition.consumerGroup}: ${records} records ${topic ? `offloaded to ${topic}` : "dropped"}`),
      onRetry: ({ attempt, records, reason }) =>
        say(`${definition.consumerGroup}: ${records} records come again after attempt ${attempt}: ${reason}`),
    });
  } catch (error) {
    throw ended(error);
  }
}

/** Records that a mapping has not yet processed and committed, over all partitions of its topic. */
export async function lagOf(admin: Admin, { topic, consumerGroup }: MappingDefinition): Promise<number> {
  const [ends, [committed]] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    admin.fetchOffsets({ groupId: consumerGroup, topics: [topic] }),
  ]);
  const offsets = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  return ends.reduce((sum, { partition, low, high }) => {
    // -1: the group has committed nothing yet
    const next = Math.max(offsets.get(partition) ?? -1, Number(low));
    return sum + Number(high) - next;
  }, 0);
}
