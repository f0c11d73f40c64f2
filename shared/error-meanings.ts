import type { ErrorCode } from "./errors.ts";

/** What each code means, for docs/errors.md. Apart from the codes, so that no function reads it at its start. */
export const errorMeanings: Readonly<Record<ErrorCode, string>> = {
  MALFORMED_EVENT: "the record is not a CloudEvent as the Kafka protocol binding defines it",
  BATCH_MODE_UNSUPPORTED:
    "the record holds a batch of CloudEvents, a content mode that the Kafka protocol binding does not have",
  EVENT_FORMAT_UNSUPPORTED: "the record is a CloudEvent in structured mode in an event format other than JSON",
  MALFORMED_PAYLOAD: "the value is not in the wire format, or its bytes do not fit their schema",
  UNKNOWN_EVENT_TYPE: "no reader is configured for the event's type",
  SCHEMA_MISMATCH: "the writer's schema cannot be read with the reader's, or the data does not fit the schema",
  SCHEMA_NOT_FOUND: "the registry answers, but does not know the schema (it may be lagging)",
  REGISTRY_UNAVAILABLE: "the schema registry did not answer, refused the client, or answered with an error of its own",
  KAFKA_UNAVAILABLE:
    "the broker did not answer, refused, or did not acknowledge in time; the outcome of what was sent is unknown",
  RECORD_TOO_LARGE: "the record is larger than its topic takes; it is not in the log",
  RECORD_REFUSED:
    "the topic does not take the record as it is, e.g. a compacted topic one without a key; it is not in the log",
  DATABASE_UNAVAILABLE: "DynamoDB did not answer, throttled, or kept reporting conflicts",
  STATE_MOVED: "conditions of the decision's effects kept failing, as the state moved or an item was still another's",
  LEASE_HELD: "another invocation is running the event, or died while it did",
  DEADLINE_REACHED: "the invocation was about to run out of time before the record's turn",
  DUPLICATE_BUSINESS_KEY: "another event already took effect under the same business key",
  RULE_VIOLATED: "a condition of the decision's effects failed and names a rule of the business",
  CONDITION_NEVER_MET:
    "decided again and again, the record's effects came to the same condition, which failed each time",
  EFFECTS_TOO_LARGE: "the effects of one record do not fit one DynamoDB transaction",
  MALFORMED_OUTBOX_ITEM:
    "an item of the outbox's table is none that this version writes; it stays, and holds its key back",
  HANDLER_FAILED: "the handler's own code threw while it decided about the record",
  ACCOUNTING_FAILED: "the engine lost count of the records of a batch; the whole batch fails and comes again",
  INVALID_OPTIONS: "options, environment or a configuration file are wrong; the message names each",
  PREREQUISITE_MISSING: "the machine lacks something that the local backbone needs; the message says what to do",
  PART_FAILED: "a process of the local backbone did not start, or ended by itself; the message names its log",
  TEMPLATE_UNSUPPORTED: "the synthesized template holds something that has no counterpart in the local backbone",
};
