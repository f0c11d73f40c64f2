import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { GuardedProcess } from "./guarded-process.ts";
import { answers, jvmFlags, startPart } from "./part.ts";

export interface DynamoDbOptions {
  readonly java: string;
  readonly jars: string;
  readonly port: number;
  /** Folder for its files. */
  readonly folder: string;
  /** Whether the tables are kept on disk; otherwise they live in memory. */
  readonly keepsTables: boolean;
  readonly logFile: string;
  /** Flags of its JVM. @default those of every part, which are for a quick start */
  readonly jvmFlags?: readonly string[];
}

/** Starts DynamoDB Local; one set of tables for every caller, whatever credentials and region it signs with. */
export async function startDynamoDb(options: DynamoDbOptions): Promise<GuardedProcess> {
  mkdirSync(options.folder, { recursive: true });
  return startPart({
    name: "DynamoDB Local",
    command: options.java,
    args: [
      ...(options.jvmFlags ?? jvmFlags),
      "-Xmx768m",
      `-Djava.library.path=${options.jars}`,
      "-cp",
      join(options.jars, "*"),
      "com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
      "-sharedDb",
      "-disableTelemetry",
      "-port",
      String(options.port),
      ...(options.keepsTables ? ["-dbPath", options.folder] : ["-inMemory"]),
    ],
    env: { ...process.env },
    cwd: options.folder, // it writes a file of its own beside whoever started it
    logFile: options.logFile,
    graceSeconds: 5,
    // An unsigned request is refused with 400: the server is up.
    ready: () => answers(`http://127.0.0.1:${options.port}/`, [400]),
  });
}
