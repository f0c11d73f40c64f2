import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { GuardedProcess } from "./guarded-process.ts";
import { answers, jvmFlags, startPart } from "./part.ts";

export interface DynamoDbOptions {
  readonly java: string;
  readonly jars: string;
  readonly port: number;
  /** Folder the tables are kept in; undefined keeps them in memory. */
  readonly dataFolder: string | undefined;
  readonly logFile: string;
}

/** Starts DynamoDB Local; one set of tables for every caller, whatever credentials and region it signs with. */
export async function startDynamoDb(options: DynamoDbOptions): Promise<GuardedProcess> {
  const storage = options.dataFolder === undefined ? ["-inMemory"] : ["-dbPath", options.dataFolder];
  if (options.dataFolder !== undefined) mkdirSync(options.dataFolder, { recursive: true });
  return startPart({
    name: "DynamoDB Local",
    command: options.java,
    args: [
      ...jvmFlags,
      "-Xmx768m",
      `-Djava.library.path=${options.jars}`,
      "-cp",
      join(options.jars, "*"),
      "com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
      "-sharedDb",
      "-disableTelemetry",
      "-port",
      String(options.port),
      ...storage,
    ],
    env: { ...process.env },
    logFile: options.logFile,
    graceSeconds: 5,
    // An unsigned request is refused with 400: the server is up.
    ready: () => answers(`http://127.0.0.1:${options.port}/`, [400]),
  });
}
