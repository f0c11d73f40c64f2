import { CreateTableCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { OutboxItemKey } from "../shared/outbox/index.ts";

/** Partition key and, where there is one, sort key: attributes that are strings. */
export type TableKey = readonly [partition: string, sort?: string];

/** The key of an outbox, as its construct has it. */
export const outboxKey = ["groupKey", "sourcePosition"] as const satisfies readonly (keyof OutboxItemKey)[];

/** Makes a table that is in no template: for tests and benches of what writes to one. */
export async function createTable(client: Pick<DynamoDBClient, "send">, name: string, key: TableKey): Promise<void> {
  const names = key.filter((attribute) => attribute !== undefined);
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" })),
    }),
  );
}
