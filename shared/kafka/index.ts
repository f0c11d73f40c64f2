export { createProducer } from "./create-producer.ts";
export type { KafkaAuth, KafkaClient, ScramCredentials, TlsAuth, TopicRecord } from "./kafka-client.ts";
export { type KafkaConnection, kafkaVariables } from "./kafka-variables.ts";
export { isMissingGrant, missingGrant } from "./missing-grant.ts";
export { sizeOf as recordSizeOf } from "./pending-send.ts";
export type { OutgoingRecord, Producer } from "./producer.ts";
export type { ProducerOptions } from "./producer-options.ts";
export {
  type EventRecord,
  type EventRecordOptions,
  eventRecord,
  type OutgoingEvent,
  type PublishedEvent,
  type PublishOptions,
  publish,
  publishAll,
} from "./publish.ts";
