import type { KafkaConfig } from "kafkajs";
import type { ScramCredentials, TlsAuth } from "../kafka/index.ts";
import { createScramSecretReader } from "./scram-secret.ts";

type Sasl = NonNullable<KafkaConfig["sasl"]>;

/**
 * How kafkajs authenticates. It does so on each connection, and again before the first request that it sends within
 * 10 s of the end of the session's life, or later (MSK ends sessions: those of IAM with their token, after 15 minutes at
 * most). A broker takes a new authentication also on a session that has ended. What is asked for here is asked for at
 * each of them, so neither a token nor a password is ever older than its authentication.
 *
 * @see https://cwiki.apache.org/confluence/display/KAFKA/KIP-368%3A+Allow+SASL+Connections+to+Periodically+Re-Authenticate
 */
export async function saslOf(auth: TlsAuth): Promise<Sasl> {
  if (auth.mechanism === "iam") return iamOf(auth.region);
  return "secretArn" in auth ? scramOf(createScramSecretReader(auth.secretArn)) : { ...auth };
}

function iamOf(region: string): Sasl {
  return {
    mechanism: "oauthbearer",
    oauthBearerProvider: async () => {
      const { generateAuthToken } = await import("aws-msk-iam-sasl-signer-js");
      return { value: (await generateAuthToken({ region })).token };
    },
  };
}

/** kafkajs takes a username and a password once for all; its own SCRAM is therefore made anew each time. */
async function scramOf(readCredentials: () => Promise<ScramCredentials>): Promise<Sasl> {
  const { default: scram512 } = await import("kafkajs/src/broker/saslAuthenticator/scram512.js");
  return {
    mechanism: "scram-sha-512",
    authenticationProvider: (connection) => ({
      authenticate: async () => scram512(await readCredentials())(connection).authenticate(),
    }),
  };
}
