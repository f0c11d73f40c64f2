import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startDynamoDb } from "../../../local/parts/dynamodb.ts";
import { cacheFolder, installParts } from "../../../local/parts/install.ts";
import { defaultJavaSearch, requireJava } from "../../../local/parts/java.ts";
import { freePorts } from "../../../local/parts/ports.ts";
import { startTestBroker } from "../../integration/running-broker.ts";
import { sumOf } from "./figures.ts";
import type { IntegrityParts } from "./parts.ts";

declare module "vitest" {
  interface ProvidedContext {
    integrityParts: IntegrityParts;
  }
}

/** One broker and one DynamoDB Local for all files of this folder: each test has topics and tables of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "integrity-"));
  const { dynamodb: dynamoDbPort } = await freePorts();
  const { dynamodb: jars } = await installParts(cacheFolder(process.env), () => {});
  const [broker, dynamoDb] = await Promise.all([
    startTestBroker(),
    startDynamoDb({
      java: requireJava(defaultJavaSearch(process.env)),
      jars,
      port: dynamoDbPort,
      folder,
      keepsTables: false,
      logFile: join(folder, "dynamodb.log"),
    }),
  ]);
  const { port: brokerPort, credentials, certificateFile } = broker;
  const figuresFile = join(folder, "figures");
  const compileCache = join(folder, "compile-cache");
  const brokerParts = { brokerPort, credentials, certificateFile };
  project.provide("integrityParts", { ...brokerParts, dynamoDbPort, figuresFile, compileCache });
  return async () => {
    await Promise.all([broker.stop(), dynamoDb.stop()]);
    const sum = sumOf(figuresFile);
    if (sum !== undefined) process.stdout.write(`${sum}\n`);
    rmSync(folder, { recursive: true, force: true });
  };
}
