import type { ErrorCode } from "../errors.ts";
import { type AddedHeaders, classNameOf, type DeadLetter, messageOf, stackOf } from "./dead-letter.ts";

/** Codes that say that the record was read and then refused; every other one ends in a dead letter before that. */
const ofProcessing: ReadonlySet<ErrorCode> = new Set([
  "CONDITION_NEVER_MET",
  "DUPLICATE_BUSINESS_KEY",
  "EFFECTS_TOO_LARGE",
  "HANDLER_FAILED",
  "RULE_VIOLATED",
]);

/**
 * The headers that Kafka Connect writes with `errors.deadletterqueue.context.headers.enable`: all text, numbers in
 * decimal. Like there, a header that the record has already is left as it is, so they tell of its first failure.
 *
 * The consumer group stands for the connector, a connector of one task; the stage is TASK_PUT for what was read
 * and then refused, else VALUE_CONVERTER.
 *
 * @see https://docs.confluent.io/platform/current/connect/index.html#dead-letter-queue
 */
export function connectHeaders({ record, error, consumerGroup }: DeadLetter): AddedHeaders {
  const [stage, className] = ofProcessing.has(error.code)
    ? ["TASK_PUT", "eachRecord"]
    : ["VALUE_CONVERTER", "cloudEvents"];
  const present = new Set(record.headers.map(([name]) => name));
  const headers: AddedHeaders = [
    ["__connect.errors.topic", record.topic],
    ["__connect.errors.partition", String(record.partition)],
    ["__connect.errors.offset", String(record.offset)],
    ["__connect.errors.connector.name", consumerGroup],
    ["__connect.errors.task.id", "0"],
    ["__connect.errors.stage", stage],
    ["__connect.errors.class.name", className],
    ["__connect.errors.exception.class.name", classNameOf(error)],
    ["__connect.errors.exception.message", messageOf(error)],
    ["__connect.errors.exception.stacktrace", stackOf(error)],
  ];
  return headers.filter(([name]) => !present.has(name));
}
