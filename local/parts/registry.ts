import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GuardedProcess } from "./guarded-process.ts";
import type { Identity } from "./identity.ts";
import { answers, serverFlags, startPart } from "./part.ts";

export interface RegistryOptions {
  readonly java: string;
  readonly folder: string;
  readonly port: number;
  readonly stateFolder: string;
  readonly logFile: string;
  readonly identity: Identity;
  /** Environment of the registry's container in the templates, references and secrets resolved. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts Apicurio Registry with the settings of the deployed container, storing its schemas in the local Kafka. */
export async function startRegistry(options: RegistryOptions): Promise<GuardedProcess> {
  const trusted = join(options.stateFolder, "kafka-certificate.pem");
  writeFileSync(trusted, options.identity.certificate);
  return startPart({
    name: "the schema registry",
    command: options.java,
    args: [
      ...serverFlags(options.folder),
      "-Xmx384m",
      "-Dapicurio.kafka.common.ssl.truststore.type=PEM",
      `-Dapicurio.kafka.common.ssl.truststore.location=${trusted}`,
      // How long its start waits, several times over, for records that do not come: here the broker is near.
      "-Dapicurio.kafkasql.consumer.poll.timeout=100",
      "-Dquarkus.http.host=127.0.0.1",
      `-Dquarkus.http.port=${options.port}`,
      "-Dquarkus.management.host=127.0.0.1",
      "-Dquarkus.management.port=0", // nobody asks for its health here but startPart
      "-jar",
      join(options.folder, "quarkus-run.jar"),
    ],
    env: { PATH: process.env.PATH, ...options.environment },
    logFile: options.logFile,
    graceSeconds: 5,
    ready: () => answers(`http://127.0.0.1:${options.port}/apis/ccompat/v7/subjects`, [200]),
  });
}
