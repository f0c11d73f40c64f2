export { type InvokeOptions, invoke } from "./invoke.ts";
export { jsonDeserializer } from "./json-deserializer.ts";
export { MemoryProducer } from "./memory-producer.ts";
export { MemoryStore, type MemoryStoreAnswer } from "./memory-store.ts";
export { type MskEventOptions, mskEvent } from "./msk-event.ts";
export type { PlacedEvent, Placement, RawRecord, TestEvent, TestRecord } from "./test-records.ts";
