/**
 * The closed list of error codes. A code says what happened; `retriable` says what to do about it: a retriable
 * failure lies in the surroundings and the record comes again, any other lies in the record and goes to the
 * dead-letter topic. What each means is in error-meanings.ts.
 */
export const errorCodes = {
  MALFORMED_EVENT: { retriable: false },
  BATCH_MODE_UNSUPPORTED: { retriable: false },
  EVENT_FORMAT_UNSUPPORTED: { retriable: false },
  MALFORMED_PAYLOAD: { retriable: false },
  UNKNOWN_EVENT_TYPE: { retriable: false },
  SCHEMA_MISMATCH: { retriable: false },
  SCHEMA_NOT_FOUND: { retriable: true },
  REGISTRY_UNAVAILABLE: { retriable: true },
  KAFKA_UNAVAILABLE: { retriable: true },
  RECORD_TOO_LARGE: { retriable: false },
  RECORD_REFUSED: { retriable: false },
  DATABASE_UNAVAILABLE: { retriable: true },
  STATE_MOVED: { retriable: true },
  LEASE_HELD: { retriable: true },
  DEADLINE_REACHED: { retriable: true },
  DUPLICATE_BUSINESS_KEY: { retriable: false },
  RULE_VIOLATED: { retriable: false },
  CONDITION_NEVER_MET: { retriable: false },
  EFFECTS_TOO_LARGE: { retriable: false },
  MALFORMED_OUTBOX_ITEM: { retriable: false },
  HANDLER_FAILED: { retriable: false },
  ACCOUNTING_FAILED: { retriable: true },
  INVALID_OPTIONS: { retriable: false },
  PREREQUISITE_MISSING: { retriable: false },
  PART_FAILED: { retriable: false },
  TEMPLATE_UNSUPPORTED: { retriable: false },
} as const satisfies Record<string, { retriable: boolean }>;

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
