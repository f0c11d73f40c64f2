import type { Access, Service, Topic } from "./model.ts";

/** How long a dead letter waits for somebody to redrive it. Longer than any source, so that it outlives its original. */
export const deadLetterRetentionDays = 14;

const msPerDay = 86_400_000;
/** What Kafka allows a record where a topic sets no `max.message.bytes`. */
const defaultMaxMessageBytes = 1_048_588;
/** Room for the dead-letter headers: origin, error, message and stack are a few KiB. */
const headerRoomBytes = 65_536;

/** The dead-letter topic of what a service consumes: `<topic>.<service>.dlt`. */
export function deadLetterTopicName(topic: string, service: string): string {
  return `${topic}.${service}.dlt`;
}

/** The topics to which a service sets aside what it cannot process: one for each topic it consumes, or none. */
export function deadLetterTopicsOf(service: Service): string[] {
  return service.deadLetters ? service.consumes.map((topic) => deadLetterTopicName(topic, service.name)) : [];
}

/**
 * Every topic of the cluster: the declared ones and, after them, the derived dead-letter topics.
 *
 * A dead-letter topic has its source's partitions (a redriven key keeps its order), copies and `min.insync.replicas`.
 * It keeps its records for `deadLetterRetentionDays`, counted from the moment they were set aside, whatever timestamp
 * they carry, and takes what the source takes plus the dead-letter headers.
 */
export function topicsOf(access: Access): Topic[] {
  const derived = access.services.flatMap((service) =>
    service.deadLetters
      ? access.topics
          .filter((topic) => service.consumes.includes(topic.name))
          .map((source) => deadLetterTopic(source, service.name))
      : [],
  );
  return [...access.topics, ...derived];
}

function deadLetterTopic(source: Topic, service: string): Topic {
  const minInSync = source.configs["min.insync.replicas"];
  const maxMessageBytes = Number(source.configs["max.message.bytes"] ?? defaultMaxMessageBytes) + headerRoomBytes;
  return {
    name: deadLetterTopicName(source.name, service),
    partitions: source.partitions,
    replication: source.replication,
    configs: {
      "cleanup.policy": "delete",
      "max.message.bytes": String(maxMessageBytes),
      "message.timestamp.type": "LogAppendTime",
      ...(minInSync === undefined ? {} : { "min.insync.replicas": minInSync }),
      "retention.ms": String(deadLetterRetentionDays * msPerDay),
    },
  };
}
