export { createProducer, type ProducerOptions } from "./create-producer.ts";
export type { KafkaAuth, KafkaClient } from "./kafka-client.ts";
export { type KafkaConnection, kafkaVariables } from "./kafka-variables.ts";
export { stopIdleTimers } from "./kafkajs-idle-timers.ts";
export type { OutgoingRecord, Producer } from "./producer.ts";
export { type OutgoingEvent, type PublishOptions, publish } from "./publish.ts";
