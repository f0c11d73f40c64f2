import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll } from "vitest";
import { createTable } from "../../local/dynamodb-table.ts";
import { type LoneDynamoDb, startLoneDynamoDb } from "../../local/lone-dynamodb.ts";
import { dynamoDbSettings } from "../../local/provision.ts";
import { createDynamoDbStore } from "../../shared/idempotency/index.ts";
import { describeIdempotencyStore } from "../contract/idempotency-store.ts";

let database: LoneDynamoDb;
let client: DynamoDBClient;
beforeAll(async () => {
  database = await startLoneDynamoDb();
  client = new DynamoDBClient(dynamoDbSettings(database.port));
});
afterAll(() => database?.stop());

async function ownTable(): Promise<string> {
  const table = `table-${crypto.randomUUID()}`;
  await createTable(client, table, ["id"]);
  return table;
}

describeIdempotencyStore("on DynamoDB", async () => {
  const [claims, table] = await Promise.all([ownTable(), ownTable()]);
  return { store: createDynamoDbStore({ client, table: claims }), table };
});
