export { schemaText } from "./bytes-in-topic.ts";
export type { DeadLetter } from "./dead-letter.ts";
export { type DeadLetterRecordOptions, deadLetterRecord, type ForeignHeaders } from "./dead-letter-record.ts";
export { deadLetterHeaders } from "./headers.ts";
export { isForAnotherGroup, redriveRecord } from "./redrive-record.ts";
export {
  doublesKeyOf,
  type Place,
  placeText,
  type ReadOptions,
  readDeadLetters,
  type StoredDeadLetter,
} from "./stored-dead-letter.ts";
