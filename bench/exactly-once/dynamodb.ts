import { join } from "node:path";
import { startDynamoDb } from "../../local/parts/dynamodb.ts";
import { cacheFolder, installParts } from "../../local/parts/install.ts";
import { defaultJavaSearch, requireJava } from "../../local/parts/java.ts";
import { freePorts } from "../../local/parts/ports.ts";
import { createRunFolder } from "../../local/run-folder.ts";

/** DynamoDB Local as the local backbone starts it, alone and in memory. */
export async function startDatabase(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const java = requireJava(defaultJavaSearch(process.env));
  const cache = cacheFolder(process.env);
  const parts = await installParts(cache, (line) => void process.stderr.write(`${line}\n`));
  const run = createRunFolder(cache, undefined);
  const { dynamodb: port } = await freePorts();
  const database = await startDynamoDb({
    java,
    jars: parts.dynamodb,
    port,
    folder: join(run.state, "dynamodb"),
    keepsTables: false,
    logFile: join(run.logs, "dynamodb.log"),
  });
  return {
    port,
    async stop() {
      await database.stop();
      run.discardState();
    },
  };
}
