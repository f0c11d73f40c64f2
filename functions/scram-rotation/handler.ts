import { setTimeout } from "node:timers/promises";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createLogger } from "../../shared/logging/index.ts";
import { readScramRotationEnvironment } from "./env.ts";
import { kafkaBrokers, loginMs } from "./kafka-brokers.ts";
import { restartService } from "./restart-service.ts";
import { createScramRotation } from "./rotate.ts";
import { createRotatedSecret } from "./rotated-secret.ts";

const { brokers, ecsService } = readScramRotationEnvironment();
const secrets = new SecretsManagerClient({
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
});

/** The rotation function of a SCRAM user's secret: see `createScramRotation`. */
export const handler = createScramRotation({
  secretOf: (secretArn) => createRotatedSecret(secrets, secretArn),
  brokers: kafkaBrokers,
  bootstrap: brokers,
  restart: ecsService === undefined ? undefined : () => restartService(ecsService),
  // After the last pause: a look at the secret and the restart, each three attempts of 5 s, between them a login and the
  // list of the brokers.
  marginMs: 2 * 3 * 5_000 + 2 * loginMs,
  pause: (ms) => setTimeout(ms),
  logger: createLogger({ service: "scram-rotation" }),
});
