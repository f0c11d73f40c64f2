import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startLoneDynamoDb } from "../../../local/lone-dynamodb.ts";
import { startTestBroker } from "../../integration/running-broker.ts";
import type { IntegrityParts } from "./parts.ts";

declare module "vitest" {
  interface ProvidedContext {
    integrityParts: IntegrityParts;
  }
}

/** One broker and one DynamoDB Local for all files of the project: each test has topics and tables of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [broker, dynamoDb] = await Promise.all([startTestBroker(), startLoneDynamoDb()]);
  const { port: brokerPort, credentials, certificateFile } = broker;
  const compileCache = join(tmpdir(), "compile-cache");
  const brokerParts = { brokerPort, credentials, certificateFile };
  project.provide("integrityParts", { ...brokerParts, dynamoDbPort: dynamoDb.port, compileCache });
  return async () => {
    await Promise.all([broker.stop(), dynamoDb.stop()]);
  };
}
