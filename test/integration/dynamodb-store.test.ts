import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll } from "vitest";
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

async function createTable(): Promise<string> {
  const TableName = `table-${crypto.randomUUID()}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  return TableName;
}

describeIdempotencyStore("on DynamoDB", async () => {
  const [claims, table] = await Promise.all([createTable(), createTable()]);
  return { store: createDynamoDbStore({ client, table: claims }), table };
});
