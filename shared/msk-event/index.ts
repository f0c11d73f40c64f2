export type { MskEvent, MskRecord, SchemaMetadata } from "./msk-event.ts";
export { headerOf, MskSourceRecord } from "./msk-source-record.ts";
export type { RecordHeaders, SourceRecord } from "./source-record.ts";
export { sourceRecordsOf } from "./source-records-of.ts";
