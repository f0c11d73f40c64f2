export type { MskEvent, MskRecord } from "./msk-event.ts";
export type { SourceRecord } from "./source-record.ts";
export { sourceRecordsOf } from "./source-records-of.ts";
