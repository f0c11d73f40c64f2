import type { KafkaConfig } from "kafkajs";
import * as v from "valibot";
import type { Logger } from "../logging/index.ts";
import { milliseconds } from "../options/index.ts";
import type { KafkaAuth, KafkaClient } from "./kafka-client.ts";

export interface ProducerOptions {
  /** Brokers to start from, each `host:port`; one or more. */
  readonly brokers: readonly string[];
  readonly auth: KafkaAuth;
  /** Takes what happens to the connections; the errors of a send are its caller's to log. */
  readonly logger: Logger;
  /**
   * Time budget of one `send`, in milliseconds, 1 to 2147483647, from the call to the acknowledgement: waiting for the
   * send in flight, connecting and the client's own retries included.
   *
   * @default 15000, half of what an API Gateway waits for its integration
   */
  readonly timeoutMs?: number;
  /**
   * After so many milliseconds, 1 to 2147483647, without a send the connection counts as cut and is replaced before the
   * next one: MSK closes connections idle for 10 minutes, gateways on the way forget them after 350 s, and a frozen
   * function hears neither.
   *
   * @default 240000
   */
  readonly maxIdleMs?: number;
  /** Opens a client. @default kafkajs, loaded with the first send */
  readonly createClient?: () => Promise<KafkaClient>;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

// Messages of our own throughout: valibot's would quote what was given, here a password.
const text = () => {
  const message = "must be a non-empty text";
  return v.pipe(v.string(message), v.nonEmpty(message));
};
const mechanism = v.literal("scram-sha-512");
const isObject = (value: unknown) => typeof value === "object" && value !== null;
const isFunction = (value: unknown) => typeof value === "function";

export const producerOptionsSchema = v.strictObject({
  brokers: v.custom<readonly string[]>(
    (brokers) =>
      Array.isArray(brokers) &&
      brokers.length > 0 &&
      brokers.every((broker) => typeof broker === "string" && /^[^\s:]+:\d{1,5}$/.test(broker)),
    "must be a list of one or more host:port",
  ),
  auth: v.union(
    [
      v.strictObject({ mechanism: v.literal("iam"), region: text() }),
      v.strictObject({ mechanism, username: text(), password: text() }),
      v.strictObject({ mechanism, secretArn: text() }),
      v.strictObject({
        mechanism: v.literal("client-settings"),
        settings: v.custom<Pick<KafkaConfig, "ssl" | "sasl">>(isObject, "must be kafkajs' ssl and sasl"),
      }),
    ],
    "must be iam with a region, or scram-sha-512 with either a username and a password or a secretArn, or client-settings with ssl and sasl",
  ),
  logger: v.custom<Logger>(
    (logger) => typeof logger === "object" && logger !== null && "warn" in logger,
    "must be a logger",
  ),
  timeoutMs: v.optional(milliseconds(), 15_000),
  maxIdleMs: v.optional(milliseconds(), 240_000),
  createClient: v.optional(v.custom<() => Promise<KafkaClient>>(isFunction, "must be a function")),
  now: v.optional(v.custom<() => number>(isFunction, "must be a function"), () => Date.now),
});
