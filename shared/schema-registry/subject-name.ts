import { BackboneError } from "../errors.ts";

/** What a subject can be named after. */
export interface SubjectOf {
  readonly topic: string;
  /** Full name of the Avro record or Protobuf message, title of the JSON schema. */
  readonly recordName: string | undefined;
}

const strategies = {
  TopicNameStrategy: ({ topic }: SubjectOf) => `${topic}-value`,
  RecordNameStrategy: (of: SubjectOf) => recordNameOf("RecordNameStrategy", of),
  TopicRecordNameStrategy: (of: SubjectOf) => `${of.topic}-${recordNameOf("TopicRecordNameStrategy", of)}`,
} as const;

/**
 * How the subject of a value's schema is named. `TopicNameStrategy` allows one schema a topic; with the others a topic
 * carries events of several types, each with a history of its own.
 */
export type SubjectNameStrategy = keyof typeof strategies;

/** The names of the strategies, for options that take one. */
export const subjectNameStrategies: readonly SubjectNameStrategy[] = [
  "TopicNameStrategy",
  "RecordNameStrategy",
  "TopicRecordNameStrategy",
];

/**
 * The subject under which the schema of a topic's values is registered.
 *
 * @throws BackboneError INVALID_OPTIONS for a schema without a name under a strategy that needs it
 * @see https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#subject-name-strategy
 */
export function subjectName(strategy: SubjectNameStrategy, of: SubjectOf): string {
  return strategies[strategy](of);
}

function recordNameOf(strategy: SubjectNameStrategy, { recordName }: SubjectOf): string {
  if (recordName !== undefined) return recordName;
  throw new BackboneError(
    "INVALID_OPTIONS",
    `${strategy} needs a named record or message, or a JSON schema with a title; the schema has none`,
  );
}
