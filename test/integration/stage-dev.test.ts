import { PassThrough } from "node:stream";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runAccess } from "../../local/access/run.ts";
import { orderCreatedType } from "../../shared/schemas/index.ts";
import { orderBody, postUntilSettled } from "./orders.ts";
import { killProcess } from "./processes.ts";
import {
  cacheWith,
  caughtUp,
  documentClient,
  eventually,
  messagesOf,
  startTestBackbone,
  type TestBackbone,
} from "./running-backbone.ts";

let backbone: TestBackbone;

beforeAll(async () => {
  backbone = await startTestBackbone("dev");
});

afterAll(async () => {
  await backbone?.stop();
});

it("runs the functions of the stage, on demand", () => {
  const inventory = backbone.mappings.find(({ definition }) => definition.consumerGroup === "inventory.order-events");

  expect(inventory?.definition.functionName).toContain("backbone-dev-inventory");
  expect(inventory?.definition.reportsBatchItemFailures).toBe(false);
});

it("npm run access reads the access file for the stage that runs", async () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const env = { BACKBONE_CACHE_DIR: cacheWith(backbone) };
  const drift = (...args: string[]) => runAccess(["drift", ...args], { stdout, stderr, env });

  expect(await drift()).toBe(0);
  // Its topics keep records for as long as those of dev.
  expect(await drift("--stage", "prod")).toBe(1);
});

it("a batch that fails comes again whole, and each of its orders has its effect once", async () => {
  const inventory = backbone.functions.get("backbone-dev-inventory");
  const orderIds = Array.from({ length: 10 }, (_, index) => `whole-batch-${index}`);
  await backbone.parts.dynamodb.stop();
  for (const orderId of orderIds)
    expect((await postUntilSettled(backbone.url, orderBody(orderId, ["B-1", 2]))).status).toBe(202);
  await eventually("an invocation that was under way is killed, and its batch has failed", async () => {
    for (const pid of inventory.pids()) killProcess(pid);
    return (
      backbone.said.some((line) => /^inventory\.order-events: \d+ records come again after attempt/.test(line)) ||
      undefined
    );
  });
  await backbone.parts.dynamodb.start();
  await caughtUp(backbone);

  const { STOCK_TABLE = "" } = inventory.definition.environment;
  const tables = documentClient(backbone);
  const { Item } = await tables.send(
    new GetCommand({ TableName: STOCK_TABLE, Key: { sku: "B-1" }, ConsistentRead: true }),
  );
  tables.destroy();
  expect(Item?.initial - Item?.remaining).toBe(20);
});

// The last one: what waits here holds its partition from now on.
it("a batch that comes again whole, because one record waits, leaves one dead letter of another", async () => {
  const headers = { ce_specversion: "1.0", ce_source: "/test", ce_type: orderCreatedType };
  const waiting = { ...headers, ce_id: "waiting", "content-type": "application/avro" };
  const unknownSchema = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 0]);
  const producer = backbone.kafka.producer();
  await producer.connect();
  await producer.send({
    topic: "order-events",
    messages: [
      { partition: 0, key: "waiting", value: unknownSchema, headers: waiting },
      { partition: 0, key: "malformed", value: "no event" },
    ],
  });
  await producer.disconnect();

  await eventually("the batch has come again three times", async () => {
    const pattern = /^inventory\.order-events: 2 records come again after attempt ([3-9])/;
    return backbone.said.some((line) => pattern.test(line)) || undefined;
  });

  const deadLetters = await messagesOf(backbone, "order-events.inventory.dlt");
  expect(deadLetters.map(({ key }) => String(key))).toEqual(["malformed"]);
});
