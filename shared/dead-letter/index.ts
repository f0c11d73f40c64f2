export type { DeadLetter } from "./dead-letter.ts";
export { type DeadLetterRecordOptions, deadLetterRecord, type ForeignHeaders } from "./dead-letter-record.ts";
export { deadLetterHeaders } from "./headers.ts";
