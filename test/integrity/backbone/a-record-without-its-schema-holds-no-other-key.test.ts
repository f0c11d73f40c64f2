import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { placeOrder } from "../../../functions/order-service/place-order.ts";
import { eventRecord } from "../../../shared/kafka/index.ts";
import { toKafkajsMessage } from "../../../shared/kafkajs-message/index.ts";
import { avro, createSchemaRegistry, createSerializer, type Schema } from "../../../shared/schema-registry/index.ts";
import { orderCreatedSchema, orderCreatedType } from "../../../shared/schemas/index.ts";
import { get, orderBody } from "../../integration/orders.ts";
import {
  caughtUp,
  eventually,
  messagesOf,
  startTestBackbone,
  type TestBackbone,
  testStage,
} from "../../integration/running-backbone.ts";

const topic = "order-events";
const partitions = 6;

let backbone: TestBackbone;
beforeAll(async () => {
  backbone = await startTestBackbone();
});
afterAll(() => backbone?.stop());

const registry = () => createSchemaRegistry({ url: `http://127.0.0.1:${backbone.ports.registry}/apis/ccompat/v7` });

/** What orders are written with, in other words: to the registry another schema. */
function schemaSaying(doc: string): Schema {
  return { schemaType: "AVRO", schema: JSON.stringify({ ...orderCreatedSchema, doc }) };
}

/** An order's event as a message; with a schema id, as one that was written with that schema. */
async function orderMessage(body: ReturnType<typeof orderBody>, schemaId?: number) {
  const placement = placeOrder(body, new Date());
  if (placement.status === "refused") throw new Error(JSON.stringify(placement.errors));
  const writers = { [orderCreatedType]: avro(orderCreatedSchema) };
  const serializer = createSerializer({ registry: registry(), topic, writers });
  const { record } = await eventRecord(placement.event, { serializer, key: body.orderId });
  if (schemaId !== undefined) record.value?.writeUInt32BE(schemaId, 1);
  return { ...toKafkajsMessage(record), eventId: placement.event.id };
}

/** Sends to one partition, in one request. */
async function send(partition: number, ...messages: Awaited<ReturnType<typeof orderMessage>>[]): Promise<void> {
  const producer = backbone.kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: messages.map((message) => ({ ...message, partition })) });
  await producer.disconnect();
}

const statusOf = async (orderId: string) => {
  const { status, answer } = await get(backbone.url, orderId);
  return status === 200 ? answer.status : status;
};

const areReserved = (orderIds: readonly string[]) =>
  eventually(`${orderIds.join(", ")} are reserved`, async () => {
    const statuses = await Promise.all(orderIds.map(statusOf));
    return statuses.every((status) => status === "RESERVED") || undefined;
  });

/** When inventory had to leave the event unfinished, in ms. */
function triesAt(eventId: string): number[] {
  const log = readFileSync(join(backbone.logFolder, `backbone-${testStage}-inventory.log`), "utf8");
  return log
    .split("\n")
    .slice(0, -1) // what follows the last end of a line is still being written
    .filter((line) => line.includes('"record unfinished"') && line.includes(eventId))
    .map((line) => Date.parse(JSON.parse(line).timestamp));
}

test("an event whose schema the registry does not know yet comes again, with growing pauses, and holds no other key", async () => {
  // The registry counts its schemas.
  const nextId = 1 + (await registry().register("the-schema-before", schemaSaying("before")));
  const waiting = await orderMessage(orderBody("waiting", ["G-1", 1]), nextId);
  const secondOfKey = await orderMessage(orderBody("waiting", ["G-1", 7]));
  const beside = ["beside-1", "beside-2"];
  const elsewhere = Array.from({ length: partitions - 1 }, (_, index) => `elsewhere-${index + 1}`);

  const [besideFirst, besideLast] = await Promise.all(beside.map((id) => orderMessage(orderBody(id, ["G-2", 1]))));
  if (besideFirst === undefined || besideLast === undefined) throw new Error("two orders make two messages");
  await send(0, besideFirst, waiting, secondOfKey, besideLast);
  await areReserved(beside);
  for (const [index, id] of elsewhere.entries()) await send(index + 1, await orderMessage(orderBody(id, ["G-3", 1])));
  await areReserved(elsewhere);
  expect(await statusOf("waiting")).toBe(404);

  const tries = await eventually("it has come again four times", async () => {
    const at = triesAt(waiting.eventId);
    return at.length >= 5 ? at : undefined;
  });
  const pausesMs = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
  expect(await registry().register("the-missing-schema", schemaSaying("missing so far"))).toBe(nextId);
  await caughtUp(backbone);

  expect(await statusOf("waiting")).toBe("RESERVED");
  for (const [index, leastMs] of [200, 400, 800, 1_600].entries())
    expect(pausesMs[index]).toBeGreaterThanOrEqual(leastMs);
  // It took effect first; what came after it under its key had to wait for it.
  const deadLetters = await messagesOf(backbone, "order-events.inventory.dlt");
  expect(deadLetters.map(({ headers }) => [headers?.ce_id, headers?.["dlt-error-code"]].map(String))).toEqual([
    [secondOfKey.eventId, "DUPLICATE_BUSINESS_KEY"],
  ]);
});
