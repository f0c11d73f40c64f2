import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DynamoDbOptions, startDynamoDb } from "./parts/dynamodb.ts";
import { cacheFolder, installParts } from "./parts/install.ts";
import { defaultJavaSearch, requireJava } from "./parts/java.ts";
import { freePorts } from "./parts/ports.ts";

export interface LoneDynamoDb {
  readonly port: number;
  stop(): Promise<void>;
}

/** DynamoDB Local without a backbone around it, in memory: for tests and benches of what writes to it. */
export async function startLoneDynamoDb(options: Pick<DynamoDbOptions, "jvmFlags"> = {}): Promise<LoneDynamoDb> {
  const [parts, { dynamodb: port }] = await Promise.all([
    installParts(cacheFolder(process.env), (line) => void process.stderr.write(`${line}\n`)),
    freePorts(),
  ]);
  const folder = mkdtempSync(join(tmpdir(), "dynamodb-"));
  const database = await startDynamoDb({
    java: requireJava(defaultJavaSearch(process.env)),
    jars: parts.dynamodb,
    port,
    folder,
    keepsTables: false,
    ...options,
    logFile: join(folder, "dynamodb.log"),
  });
  return {
    port,
    async stop() {
      await database.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
