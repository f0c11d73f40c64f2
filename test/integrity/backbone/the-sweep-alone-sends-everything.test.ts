import { ConditionalCheckFailedException, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, paginateScan, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runOrders } from "../../../local/orders/run-orders.ts";
import { orderBody } from "../../integration/orders.ts";
import { documentClient, startTestBackbone, type TestBackbone, testStage } from "../../integration/running-backbone.ts";
import { report } from "../run/figures.ts";

const relay = `backbone-${testStage}-inventory-outbox`;

let backbone: TestBackbone;
let tables: DynamoDBDocumentClient;
let outboxTable: string;

beforeAll(async () => {
  backbone = await startTestBackbone();
  tables = documentClient(backbone);
  outboxTable = backbone.functions.get(relay).definition.environment.OUTBOX_TABLE ?? "";
  // For good: a table that gets a stream again gets another one, and the mapping of this one has nothing to read.
  const StreamSpecification = { StreamEnabled: false };
  await tables.send(new UpdateTableCommand({ TableName: outboxTable, StreamSpecification }));
});
afterAll(async () => {
  tables?.destroy();
  await backbone?.stop();
});

/** What is in the outbox becomes an hour older: the sweep leaves to the stream what is younger than a minute. */
async function anHourPasses(): Promise<number> {
  let aged = 0;
  for await (const { Items = [] } of paginateScan({ client: tables }, { TableName: outboxTable, ConsistentRead: true }))
    for (const { groupKey, sourcePosition, writtenAt } of Items) {
      const UpdateExpression = "SET writtenAt = :earlier";
      const ConditionExpression = "attribute_exists(groupKey)";
      const ExpressionAttributeValues = { ":earlier": Number(writtenAt) - 3_600_000 };
      const Key = { groupKey, sourcePosition };
      const change = { UpdateExpression, ConditionExpression, ExpressionAttributeValues };
      try {
        await tables.send(new UpdateCommand({ TableName: outboxTable, Key, ...change }));
        aged += 1;
      } catch (error) {
        // The schedule's own sweep has sent it meanwhile: it was an hour older before.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    }
  return aged;
}

/** Carries out what the schedule does each minute. */
async function sweep(): Promise<void> {
  const { ok } = await backbone.functions.get(relay).invoke({ source: "aws.events", "detail-type": "Scheduled Event" });
  expect(ok).toBe(true);
}

test("with the outbox's stream lost for good, the scheduled sweep sends what is published, once", async () => {
  const orders = Array.from({ length: 150 }, (_, index) => orderBody(`swept-${index}`, [`W-${index % 7}`, 1]));
  let isDone = false;
  const run = runOrders(backbone, { orders, repeat: 1, onSettled: () => {} }).finally(() => {
    isDone = true;
  });
  let swept = 0;
  // From the first on: what has waited for a minute the schedule's own sweep sends.
  while (!isDone) {
    swept += await anHourPasses();
    await sweep();
  }
  const { processed, statuses, lost, duplicated, failed, findings } = await run;

  report("a lost stream", { seed: 0, records: orders.length, lost, doubled: duplicated, swept });
  expect({ lost, duplicated, failed, findings }).toEqual({ lost: 0, duplicated: 0, failed: [], findings: [] });
  expect({ processed, reserved: statuses.RESERVED }).toEqual({ processed: orders.length, reserved: orders.length });
  // Otherwise the stream sent them.
  expect(swept).toBeGreaterThanOrEqual(orders.length);
});
