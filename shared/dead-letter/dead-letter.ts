import type { BackboneError } from "../errors.ts";
import type { SourceRecord } from "../msk-event/index.ts";
import type { EventRecordFormat } from "../schema-registry/index.ts";
import { stackText } from "./stack-text.ts";

/** A record that cannot be processed, and what is told about it. */
export interface DeadLetter {
  readonly record: SourceRecord;
  readonly error: BackboneError;
  /** How often the record was tried, 1 or more. */
  readonly attempts: number;
  readonly consumerGroup: string;
  readonly failedAt: Date;
  /** Of the span in which the record failed. */
  readonly traceparent?: string | undefined;
  /** What the mapping makes of keys and values that it deserializes itself. @default it is not known */
  readonly eventRecordFormat?: EventRecordFormat | undefined;
}

export type AddedHeaders = [name: string, value: string | Buffer][];

/** Headers ride on every copy of the record and count against the broker's record limit (1 MiB by default). */
const maxMessageCharacters = 1_024;
const maxStackCharacters = 4_096;

/** The message in at most 1,024 UTF-16 units; a cut may halve a surrogate pair, which UTF-8 cannot hold. */
export function messageOf({ message }: Error): string {
  return message.slice(0, maxMessageCharacters).toWellFormed();
}

/** Where it failed, in at most 4,096 UTF-16 units, without messages. */
export function stackOf(error: Error): string {
  return stackText(error, maxStackCharacters);
}

/** What stands where Java has the name of an exception's class, so that its tools group failures by their code. */
export function classNameOf(error: BackboneError): string {
  return `${error.name}.${error.code}`;
}
