import type { Access, Service, Topic } from "./model.ts";
import { largestMaxMessageBytes } from "./topic-settings.ts";

/** How long a dead letter waits for somebody to redrive it. Longer than any source, so that it outlives its original. */
export const deadLetterRetentionDays = 14;
/**
 * After how long Kafka begins a new segment. It deletes whole segments, when the newest of their records has had its time,
 * so that a dead letter may stay for so much longer.
 */
export const deadLetterSegmentDays = 1;

const msPerDay = 86_400_000;
/** What Kafka allows a record where a topic sets no `max.message.bytes`. */
const defaultMaxMessageBytes = 1_048_588;
/** Room for the dead-letter headers: origin, error, message and stack are a few KiB. */
const headerRoomBytes = 65_536;

/** The dead-letter topic of what a service consumes: `<topic>.<service>.dlt`. */
export function deadLetterTopicName(topic: string, service: string): string {
  return `${topic}.${service}.dlt`;
}

/**
 * The topics to which a service sets aside what it cannot process: one for each declared topic it consumes, or none.
 * A topic of others says neither its partitions nor its settings, so that nothing can be derived from it.
 */
export function deadLetterTopicsOf(access: Access, service: Service): string[] {
  return sourcesOf(access, service).map(({ name }) => deadLetterTopicName(name, service.name));
}

/**
 * Every topic of the cluster: the declared ones and, after them, the derived dead-letter topics.
 *
 * A dead-letter topic has its source's partitions (a redriven key keeps its order), copies and `min.insync.replicas`,
 * and the service's owner. It keeps its records for `deadLetterRetentionDays`, counted from the moment they were set
 * aside, whatever timestamp they carry, in segments of `deadLetterSegmentDays`, and takes what the source takes, as far as
 * Kafka's own limit goes: with the dead-letter headers, and as the document that a mapping makes of what it offloads, in
 * base64 (4/3), unless more than a sixth of it are headers (bytes as numbers).
 */
export function topicsOf(access: Access): Topic[] {
  const derived = access.services.flatMap((service) =>
    sourcesOf(access, service).map((source) => deadLetterTopic(source, service)),
  );
  return [...access.topics, ...derived];
}

/** The declared topics of which a service sets aside what it cannot process. */
export function sourcesOf({ topics }: Access, { deadLetters, consumes }: Service): Topic[] {
  return deadLetters ? topics.filter(({ name }) => consumes.includes(name)) : [];
}

function deadLetterTopic(source: Topic, service: Service): Topic {
  const minInSync = source.configs["min.insync.replicas"];
  const maxMessageBytes = Math.min(
    2 * Number(source.configs["max.message.bytes"] ?? defaultMaxMessageBytes) + headerRoomBytes,
    largestMaxMessageBytes,
  );
  return {
    name: deadLetterTopicName(source.name, service.name),
    partitions: source.partitions,
    replication: source.replication,
    configs: {
      "cleanup.policy": "delete",
      "max.message.bytes": String(maxMessageBytes),
      "message.timestamp.type": "LogAppendTime",
      ...(minInSync === undefined ? {} : { "min.insync.replicas": minInSync }),
      "retention.ms": String(deadLetterRetentionDays * msPerDay),
      "segment.ms": String(deadLetterSegmentDays * msPerDay),
    },
    ...(service.owner === undefined ? {} : { owner: service.owner }),
    description: `records of ${source.name} that ${service.name} could not process`,
  };
}
