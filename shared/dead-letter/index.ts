export { type DeadLetter, deadLetterRecord } from "./dead-letter-record.ts";
export { deadLetterHeaders } from "./headers.ts";
