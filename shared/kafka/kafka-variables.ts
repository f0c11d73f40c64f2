import * as v from "valibot";
import { brokerList, text } from "../environment/index.ts";
import type { TlsAuth } from "./kafka-client.ts";

/** Where Kafka is and who asks, as the environment of a function says it. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly auth: TlsAuth;
}

/**
 * The variables of a function that produces to Kafka, to be put beside its own with `v.intersect`. They leave as
 * `{ kafka: { brokers, auth } }`.
 *
 * - `KAFKA_BOOTSTRAP_SERVERS`: "host:port,host:port"
 * - `KAFKA_AUTH`: "iam" or "scram"
 * - with "iam": `AWS_REGION`, which Lambda sets
 * - with "scram": either `KAFKA_SCRAM_SECRET_ARN`, a secret as MSK wants it, or both `KAFKA_SCRAM_USERNAME` and
 *   `KAFKA_SCRAM_PASSWORD`
 */
export function kafkaVariables() {
  return v.pipe(
    v.intersect([
      v.object({ KAFKA_BOOTSTRAP_SERVERS: brokerList() }),
      v.variant("KAFKA_AUTH", [iamVariables(), scramVariables()], 'must be "iam" or "scram"'),
    ]),
    v.transform(({ KAFKA_BOOTSTRAP_SERVERS: brokers, auth }): { readonly kafka: KafkaConnection } => ({
      kafka: { brokers, auth },
    })),
  );
}

function iamVariables() {
  return v.pipe(
    v.object({ KAFKA_AUTH: v.literal("iam"), AWS_REGION: text() }),
    v.transform(({ AWS_REGION: region }): { auth: TlsAuth } => ({ auth: { mechanism: "iam", region } })),
  );
}

const arnRule = "must be the ARN of a secret of Secrets Manager";
const secretArn = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:./;

function scramVariables() {
  return v.pipe(
    v.object({
      KAFKA_AUTH: v.literal("scram"),
      KAFKA_SCRAM_SECRET_ARN: v.optional(v.pipe(v.string(arnRule), v.regex(secretArn, arnRule))),
      KAFKA_SCRAM_USERNAME: v.optional(text()),
      KAFKA_SCRAM_PASSWORD: v.optional(text()),
    }),
    v.rawTransform(({ dataset: { value }, addIssue, NEVER }): { auth: TlsAuth } => {
      const { KAFKA_SCRAM_SECRET_ARN: arn, KAFKA_SCRAM_USERNAME: username, KAFKA_SCRAM_PASSWORD: password } = value;
      const mechanism = "scram-sha-512";
      const pair = "KAFKA_SCRAM_USERNAME and KAFKA_SCRAM_PASSWORD";
      const refuse = (key: keyof typeof value, message: string) => {
        addIssue({ message, path: [{ type: "object", origin: "value", input: value, key, value: value[key] }] });
        return NEVER;
      };
      if (arn !== undefined && (username !== undefined || password !== undefined)) {
        return refuse("KAFKA_SCRAM_SECRET_ARN", `must not stand beside ${pair}`);
      }
      if (arn !== undefined) return { auth: { mechanism, secretArn: arn } };
      if (username !== undefined && password !== undefined) return { auth: { mechanism, username, password } };
      if (username !== undefined) return refuse("KAFKA_SCRAM_PASSWORD", "must be set beside KAFKA_SCRAM_USERNAME");
      if (password !== undefined) return refuse("KAFKA_SCRAM_USERNAME", "must be set beside KAFKA_SCRAM_PASSWORD");
      return refuse("KAFKA_SCRAM_SECRET_ARN", `must be set, or else ${pair}`);
    }),
  );
}
