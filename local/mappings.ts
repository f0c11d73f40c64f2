import type { Admin, Kafka } from "kafkajs";
import { BackboneError } from "../shared/errors.ts";
import type { Functions } from "./functions.ts";
import { type EventSourceMapping, startEventSourceMapping } from "./mapping/event-source-mapping.ts";
import { defineMapping, type MappingDefinition } from "./mapping/mapping-definition.ts";
import type { Topic } from "./provision.ts";
import { isStreamMapping } from "./streams/stream-definition.ts";
import type { Assembly } from "./template/assembly.ts";
import type { Resolve } from "./template/resolve.ts";

export interface MappingsOptions {
  readonly assembly: Assembly;
  readonly resolve: Resolve;
  readonly functions: Functions;
  readonly topics: readonly Topic[];
  readonly bootstrapServers: string;
  /** Client of a principal by its name. */
  readonly clientOf: (principal: string) => Kafka;
  readonly say: (line: string) => void;
  /** Told when a mapping has ended by itself. */
  readonly onCrash: (error: BackboneError) => void;
}

/** Starts every enabled event source mapping of a topic, each as the principal of its function's role. */
export async function startMappings(options: MappingsOptions): Promise<EventSourceMapping[]> {
  const definitions = options.assembly
    .resourcesOf("AWS::Lambda::EventSourceMapping")
    .filter((resource) => !isStreamMapping(resource, options.resolve))
    .map((resource) => defineMapping(resource, options.resolve))
    .filter(({ enabled }) => enabled);
  return Promise.all(definitions.map((definition) => startMapping(definition, options)));
}

function startMapping(
  definition: MappingDefinition,
  { functions, topics, bootstrapServers, clientOf, say, onCrash }: MappingsOptions,
): Promise<EventSourceMapping> {
  const target = functions.get(definition.functionName);
  const topic = topics.find(({ name }) => name === definition.topic);
  return startEventSourceMapping({
    definition,
    function: target,
    kafka: clientOf(target.definition.name),
    bootstrapServers,
    partitions: topic?.partitions ?? 1,
    timestampType: topic?.configs.get("message.timestamp.type") === "LogAppendTime" ? "LOG_APPEND_TIME" : "CREATE_TIME",
    onCrash: ({ message }) => {
      const what = `the mapping of ${definition.topic} to ${definition.functionName}, group ${definition.consumerGroup}`;
      onCrash(
        new BackboneError("PART_FAILED", `${what}, ended: ${message}. Its grants are those of the function's role`),
      );
    },
    onRetry: ({ attempt, records, reason }) =>
      say(`${definition.consumerGroup}: ${records} records come again after attempt ${attempt}: ${reason}`),
  });
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
