import { type LineOutput, writeLine } from "./output.ts";

/** A value of a log line: never a payload, never a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes structured log lines. */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  /** Name of the function or component, in every line as `service`. */
  readonly service: string;
  /** @default standard output */
  readonly write?: LineOutput;
  /** @default () => new Date() */
  readonly now?: () => Date;
}

/** A logger of one JSON object a line: `{ timestamp, level, service, message, …fields }`. */
export function createLogger(options: LoggerOptions): Logger {
  const { service, write = writeLine, now = () => new Date() } = options;
  const at = (level: string) => (message: string, fields?: LogFields) =>
    write(JSON.stringify({ timestamp: now().toISOString(), level, service, message, ...fields }));
  return { info: at("INFO"), warn: at("WARN"), error: at("ERROR") };
}

/**
 * The fields of a log line that describe an error: name, code if there is one, message, and its cause by name and code.
 * The message of a cause is somebody else's and may quote what it choked on, a payload or a secret.
 */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const { cause } = error;
  const causeText = cause instanceof Error ? [cause.name, codeOf(cause)].filter(Boolean).join(" ") : undefined;
  return { error: error.name, code: codeOf(error), reason: error.message, cause: causeText };
}

/** The code of Node's and our errors, the type of kafkajs' protocol errors. */
function codeOf(error: Error): string | undefined {
  if ("type" in error && typeof error.type === "string") return error.type;
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
