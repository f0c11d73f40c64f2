import * as v from "valibot";
import { brokerList, text } from "../environment/index.ts";
import type { KafkaAuth } from "./kafka-client.ts";

/** Where Kafka is and who asks, as the environment of a function says it. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly auth: KafkaAuth;
}

/**
 * The variables of a function that produces to Kafka, to be put beside its own with `v.intersect`:
 * `KAFKA_BOOTSTRAP_SERVERS`, `KAFKA_AUTH` ("iam" or "scram"), with "iam" `AWS_REGION`, which Lambda sets, with "scram"
 * `KAFKA_SCRAM_USERNAME` and `KAFKA_SCRAM_PASSWORD`. They leave as `{ kafka: { brokers, auth } }`.
 */
export function kafkaVariables() {
  const servers = { KAFKA_BOOTSTRAP_SERVERS: brokerList() };
  return v.pipe(
    v.intersect([
      v.object(servers),
      v.variant(
        "KAFKA_AUTH",
        [
          v.object({ KAFKA_AUTH: v.literal("iam"), AWS_REGION: text() }),
          v.object({ KAFKA_AUTH: v.literal("scram"), KAFKA_SCRAM_USERNAME: text(), KAFKA_SCRAM_PASSWORD: text() }),
        ],
        'must be "iam" or "scram"',
      ),
    ]),
    v.transform((variables): { readonly kafka: KafkaConnection } => ({
      kafka: {
        brokers: variables.KAFKA_BOOTSTRAP_SERVERS,
        auth:
          variables.KAFKA_AUTH === "iam"
            ? { mechanism: "iam", region: variables.AWS_REGION }
            : {
                mechanism: "scram-sha-512",
                username: variables.KAFKA_SCRAM_USERNAME,
                password: variables.KAFKA_SCRAM_PASSWORD,
              },
      },
    })),
  );
}
