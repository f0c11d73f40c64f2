/**
 * The closed list of error codes. A code says what happened; `retriable` says what to do about it: a retriable
 * failure lies in the surroundings and the record comes again, any other lies in the record and goes to the
 * dead-letter topic.
 */
export const errorCodes = {
  MALFORMED_EVENT: {
    retriable: false,
    meaning: "the record is not a CloudEvent as the Kafka protocol binding defines it",
  },
  BATCH_MODE_UNSUPPORTED: {
    retriable: false,
    meaning: "the record holds a batch of CloudEvents, a content mode that the Kafka protocol binding does not have",
  },
  EVENT_FORMAT_UNSUPPORTED: {
    retriable: false,
    meaning: "the record is a CloudEvent in structured mode in an event format other than JSON",
  },
  MALFORMED_PAYLOAD: {
    retriable: false,
    meaning: "the value is not in the wire format, or its bytes do not fit their schema",
  },
  UNKNOWN_EVENT_TYPE: { retriable: false, meaning: "no reader is configured for the event's type" },
  SCHEMA_MISMATCH: {
    retriable: false,
    meaning: "the writer's schema cannot be read with the reader's, or the data does not fit the schema",
  },
  SCHEMA_NOT_FOUND: {
    retriable: true,
    meaning: "the registry answers, but does not know the schema (it may be lagging)",
  },
  REGISTRY_UNAVAILABLE: {
    retriable: true,
    meaning: "the schema registry did not answer, refused the client, or answered with an error of its own",
  },
  KAFKA_UNAVAILABLE: {
    retriable: true,
    meaning:
      "the broker did not answer, refused, or did not acknowledge in time; the outcome of what was sent is unknown",
  },
  RECORD_TOO_LARGE: { retriable: false, meaning: "the record is larger than its topic takes; it is not in the log" },
  DATABASE_UNAVAILABLE: { retriable: true, meaning: "DynamoDB did not answer, throttled, or kept reporting conflicts" },
  LEASE_HELD: { retriable: true, meaning: "another invocation is running the event, or died while it did" },
  DEADLINE_REACHED: {
    retriable: true,
    meaning: "the invocation was about to run out of time before the record's turn",
  },
  DUPLICATE_BUSINESS_KEY: {
    retriable: false,
    meaning: "another event already took effect under the same business key",
  },
  RULE_VIOLATED: {
    retriable: false,
    meaning: "a condition of the decision's effects failed and names a rule of the business",
  },
  EFFECTS_TOO_LARGE: { retriable: false, meaning: "the effects of one record do not fit one DynamoDB transaction" },
  MALFORMED_OUTBOX_ITEM: {
    retriable: false,
    meaning: "an item of the outbox's table is none that this version writes; it stays, and holds its key back",
  },
  HANDLER_FAILED: { retriable: false, meaning: "the handler's own code threw while it decided about the record" },
  ACCOUNTING_FAILED: {
    retriable: true,
    meaning: "the engine lost count of the records of a batch; the whole batch fails and comes again",
  },
  INVALID_OPTIONS: {
    retriable: false,
    meaning: "options, environment or a configuration file are wrong; the message names each",
  },
  PREREQUISITE_MISSING: {
    retriable: false,
    meaning: "the machine lacks something that the local backbone needs; the message says what to do",
  },
  PART_FAILED: {
    retriable: false,
    meaning: "a process of the local backbone did not start, or ended by itself; the message names its log",
  },
  TEMPLATE_UNSUPPORTED: {
    retriable: false,
    meaning: "the synthesized template holds something that has no counterpart in the local backbone",
  },
} as const satisfies Record<string, { retriable: boolean; meaning: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** The one error family of this project: a code of the closed list, whether repeating can help, and the cause. */
export class BackboneError extends Error {
  readonly code: ErrorCode;
  readonly retriable: boolean;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BackboneError";
    this.code = code;
    this.retriable = errorCodes[code].retriable;
  }
}
