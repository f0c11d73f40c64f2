import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { type DynamoDBDocumentClient, GetCommand, PutCommand, paginateScan, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runAccess } from "../../local/access/run.ts";
import type { LocalFunction } from "../../local/lambda/local-function.ts";
import { outboxWrite } from "../../shared/outbox/index.ts";
import { orderBody, post, postUntilSettled } from "./orders.ts";
import { commandOf, descendantsOf, killProcess } from "./processes.ts";
import {
  cacheWith,
  caughtUp,
  documentClient,
  eventually,
  lagOfAll,
  messagesOf,
  startTestBackbone,
  type TestBackbone,
  testStage,
} from "./running-backbone.ts";

const sourceTopic = "order-events";
const deadLetterTopic = "order-events.inventory.dlt";

let backbone: TestBackbone;
let tables: DynamoDBDocumentClient;
let consumer: LocalFunction;
let tableNames: { readonly reservations: string; readonly stock: string; readonly outbox: string };

beforeAll(async () => {
  backbone = await startTestBackbone();
  tables = documentClient(backbone);
  const mapping = backbone.mappings.find(({ definition }) => definition.consumerGroup === "inventory.order-events");
  if (mapping === undefined) throw new Error("the templates have no event source mapping of inventory");
  consumer = backbone.functions.get(mapping.definition.functionName);
  const { RESERVATIONS_TABLE = "", STOCK_TABLE = "", OUTBOX_TABLE = "" } = consumer.definition.environment;
  tableNames = { reservations: RESERVATIONS_TABLE, stock: STOCK_TABLE, outbox: OUTBOX_TABLE };
});

afterAll(async () => {
  tables?.destroy();
  await backbone?.stop();
});

const reservationOf = async (orderId: string) =>
  (await tables.send(new GetCommand({ TableName: tableNames.reservations, Key: { orderId }, ConsistentRead: true })))
    .Item;

/** Units that have left the stock of a SKU. */
async function takenOf(sku: string): Promise<number> {
  const { Item } = await tables.send(
    new GetCommand({ TableName: tableNames.stock, Key: { sku }, ConsistentRead: true }),
  );
  return Item === undefined ? 0 : Item.initial - Item.remaining;
}

/** Reservations whose order's id begins so. */
async function countOf(prefix: string): Promise<number> {
  const pages = paginateScan(
    { client: tables },
    {
      TableName: tableNames.reservations,
      ConsistentRead: true,
      Select: "COUNT",
      FilterExpression: "begins_with(orderId, :prefix)",
      ExpressionAttributeValues: { ":prefix": prefix },
    },
  );
  let count = 0;
  for await (const { Count = 0 } of pages) count += Count;
  return count;
}

const consumerLog = () => readFileSync(join(backbone.logFolder, `${consumer.definition.name}.log`), "utf8");

const deadLettersOf = async (orderId: string) =>
  (await messagesOf(backbone, deadLetterTopic)).filter(({ key }) => key?.toString() === orderId);

/** What came of an order, on inventory's topic, as soon as there is something. */
const publishedOf = (orderId: string) =>
  eventually("what came of the order is published", async () => {
    const events = (await messagesOf(backbone, "inventory-events")).filter(({ key }) => key?.toString() === orderId);
    return events.length > 0 ? events : undefined;
  });

const outboxIsEmpty = () =>
  eventually("the outbox is empty", async () => {
    const { Count } = await tables.send(new ScanCommand({ TableName: tableNames.outbox, ConsistentRead: true }));
    return Count === 0 || undefined;
  });

describe("an order that is posted", () => {
  it("is a CloudEvent in binary mode on the topic, keyed by order, and has its effect in DynamoDB", async () => {
    const { status, answer } = await postUntilSettled(backbone.url, orderBody("whole-way", ["W-1", 3], ["W-2", 1]));
    expect(status).toBe(202);
    await caughtUp(backbone);

    const [record] = (await messagesOf(backbone, sourceTopic)).filter(({ key }) => key?.toString() === "whole-way");
    const headers = Object.fromEntries(
      Object.entries(record?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    expect(headers).toMatchObject({
      ce_specversion: "1.0",
      ce_id: answer.eventId,
      ce_source: "/order-service",
      ce_type: "com.example.orders.OrderCreated.v1",
      "content-type": "application/avro",
    });
    expect(record?.value?.[0]).toBe(0); // the wire format's magic byte
    expect(await reservationOf("whole-way")).toMatchObject({
      eventId: answer.eventId,
      status: "RESERVED",
      lines: [
        { sku: "W-1", quantity: 3 },
        { sku: "W-2", quantity: 1 },
      ],
    });
    expect([await takenOf("W-1"), await takenOf("W-2")]).toEqual([3, 1]);
  });

  it("has what came of it published once, under its key and in its trace, and leaves nothing unsent", async () => {
    const { answer } = await postUntilSettled(backbone.url, orderBody("published", ["U-1", 2]));
    const published = await publishedOf("published");
    await outboxIsEmpty();

    const [order] = (await messagesOf(backbone, sourceTopic)).filter(({ key }) => key?.toString() === "published");
    const traceIdOf = (message: typeof order) => String(message?.headers?.ce_traceparent).split("-")[1];
    expect(String(order?.headers?.ce_id)).toBe(answer.eventId);
    expect(published).toHaveLength(1);
    expect(String(published[0]?.headers?.ce_type)).toBe("com.example.inventory.InventoryReserved.v1");
    expect(traceIdOf(published[0])).toBe(traceIdOf(order));
  });

  it("twice with the same body has one effect, under one event id", async () => {
    const body = orderBody("twice", ["T-1", 5]);
    const answers = [await postUntilSettled(backbone.url, body), await postUntilSettled(backbone.url, body)];
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect(answers[0]?.answer.eventId).toBe(answers[1]?.answer.eventId);
    await caughtUp(backbone);
    expect(await takenOf("T-1")).toBe(5);
    expect(await deadLettersOf("twice")).toEqual([]);
  });

  it("again with another body changes nothing and goes to the dead-letter topic", async () => {
    await postUntilSettled(backbone.url, orderBody("functional", ["F-1", 5]));
    await postUntilSettled(backbone.url, orderBody("functional", ["F-1", 7]));
    await caughtUp(backbone);
    expect(await takenOf("F-1")).toBe(5);
    const [letter] = await deadLettersOf("functional");
    expect(String(letter?.headers?.["dlt-error-code"])).toBe("DUPLICATE_BUSINESS_KEY");
  });

  it("with more SKUs than one transaction holds goes to the dead-letter topic", async () => {
    const lines = Array.from({ length: 120 }, (_, index): [string, number] => [`L-${index}`, 1]);
    await postUntilSettled(backbone.url, orderBody("too-large", ...lines));
    await caughtUp(backbone);
    const [letter] = await deadLettersOf("too-large");
    expect(String(letter?.headers?.["dlt-error-code"])).toBe("EFFECTS_TOO_LARGE");
    expect(await reservationOf("too-large")).toBeUndefined();
  });

  it("with wrong fields is refused with all of them, and nothing is published", async () => {
    const { status, answer } = await post(backbone.url, {
      orderId: "refused",
      customerId: "",
      totalAmount: 1,
      lines: [{ sku: "A", quantity: 0, unitPrice: "x" }],
    });
    expect(status).toBe(400);
    expect((answer.errors as { field: string }[]).map(({ field }) => field)).toEqual([
      "customerId",
      "lines[0].quantity",
      "lines[0].unitPrice",
    ]);
    expect((await messagesOf(backbone, sourceTopic)).filter(({ key }) => key?.toString() === "refused")).toEqual([]);
  });
});

describe("a poison record", () => {
  it("goes to the dead-letter topic byte for byte, and its neighbours are processed", async () => {
    const poison = Buffer.from([0xde, 0xad, 0xbe, 0xef, 0x00]);
    await postUntilSettled(backbone.url, orderBody("neighbour-1", ["P-1", 1]));
    const producer = backbone.kafka.producer();
    await producer.connect();
    // On every partition, so that it stands between orders wherever those are.
    await producer.send({
      topic: sourceTopic,
      messages: Array.from({ length: 6 }, (_, partition) => ({
        key: "poison",
        value: poison,
        headers: { "x-origin": Buffer.from([0xff, 0x00]) },
        partition,
      })),
    });
    await producer.disconnect();
    await postUntilSettled(backbone.url, orderBody("neighbour-2", ["P-1", 1]));
    await caughtUp(backbone);

    const letters = await deadLettersOf("poison");
    expect(letters).toHaveLength(6);
    for (const { value, headers } of letters) {
      expect(value).toEqual(poison);
      expect(headers?.["x-origin"]).toEqual(Buffer.from([0xff, 0x00]));
      expect(String(headers?.["dlt-original-topic"])).toBe(sourceTopic);
      expect(String(headers?.["dlt-error-code"])).toBe("MALFORMED_EVENT");
    }
    expect(await takenOf("P-1")).toBe(2);
  });
});

describe("a consumer killed with -9 in the middle of a batch", () => {
  const ordersOf = (round: number) =>
    Array.from({ length: 300 }, (_, index) =>
      orderBody(`killed-${round}-${index}`, ["K-1", 1], [`K-${round}-${index}`, 2]),
    );

  /** Posts the orders, and kills three processes of the consumer, each when effects have just been added. */
  async function postAndKill(orders: ReturnType<typeof ordersOf>): Promise<void> {
    const posted = Promise.all(orders.map((order) => postUntilSettled(backbone.url, order)));
    const killed: number[] = [];
    const end = (await countOf("killed-")) + orders.length;
    for (let effects = end - orders.length; killed.length < 3 && effects < end; ) {
      effects = await eventually("more of the orders have taken effect", async () => {
        const count = await countOf("killed-");
        return count > effects ? count : undefined;
      });
      for (const pid of consumer.pids().filter((one) => !killed.includes(one))) {
        killProcess(pid);
        killed.push(pid);
      }
    }
    expect((await posted).every(({ status }) => status === 202)).toBe(true);
    await caughtUp(backbone);
  }

  it("is started again, and each order has its effect once", async () => {
    const before = { said: backbone.said.length, log: consumerLog().length };
    const cameAgain = () =>
      backbone.said
        .slice(before.said)
        .filter((line) => /: \d+ records come again after attempt \d+: Runtime\.ExitError: .* 137$/.test(line));
    const wasInTheMiddle = () => /"batch done".*"duplicate":[1-9]/.test(consumerLog().slice(before.log));
    let orders = 0;
    // A batch that is small is done before the kill comes: then there are more.
    for (let round = 1; round <= 5 && !(cameAgain().length > 0 && wasInTheMiddle()); round += 1) {
      await postAndKill(ordersOf(round));
      orders += 300;
    }

    expect(cameAgain().length).toBeGreaterThan(0);
    expect(wasInTheMiddle()).toBe(true);
    expect(await countOf("killed-")).toBe(orders);
    expect(await takenOf("K-1")).toBe(orders);
    expect(await takenOf("K-1-77")).toBe(2);
  });
});

/** DynamoDB's own process; the shell that guards it has the same words in its command line. */
function processOfDynamoDb(): number {
  const isDynamoDb = new RegExp(`^\\S*java .*ServerRunner .*-port ${backbone.ports.dynamodb}\\b`);
  const pid = descendantsOf(process.pid).find((one) => isDynamoDb.test(commandOf(one)));
  if (pid === undefined) throw new Error("no process of DynamoDB");
  return pid;
}

describe("with a part away", () => {
  const processesOfOrderService = () => backbone.functions.get(`backbone-${testStage}-order-service`).pids();

  it("answers 503 while Kafka is away, and recovers by itself", async () => {
    await backbone.parts.kafka.stop();
    const away = await post(backbone.url, orderBody("kafka-away", ["A-1", 1]));
    expect(away.status).toBe(503);
    await backbone.parts.kafka.start();
    await eventually("the same order is accepted", async () =>
      (await post(backbone.url, orderBody("kafka-away", ["A-1", 1]))).status === 202 ? true : undefined,
    );
    await caughtUp(backbone);
    expect(await takenOf("A-1")).toBe(1);
  });

  it("sends what is in the outbox when Kafka is back", async () => {
    const key = Buffer.from("outbox-waits");
    const { key: itemKey, ...write } = outboxWrite({
      table: tableNames.outbox,
      consumerGroup: "inventory.order-events",
      source: { topic: sourceTopic, partition: 0, offset: 1_000_000, timestampMs: 0, key, value: null, headers: [] },
      writtenAt: new Date(),
      records: [{ topic: "inventory-events", record: { key, value: Buffer.from("event"), headers: [] } }],
    });
    const said = backbone.said.length;
    await backbone.parts.kafka.stop();
    await tables.send(
      new PutCommand({ TableName: tableNames.outbox, Item: { ...("item" in write && write.item), ...itemKey } }),
    );
    await eventually(
      "the relay has tried",
      async () => backbone.said.slice(said).some((line) => /^stream of .*comes again/.test(line)) || undefined,
    );
    await backbone.parts.kafka.start();

    expect((await publishedOf("outbox-waits")).map(({ value }) => String(value))).toContain("event");
    await outboxIsEmpty();
  });

  it("answers 503 while the registry is away and the schema's id is not known yet, and recovers by itself", async () => {
    await backbone.parts.registry.stop();
    for (const pid of processesOfOrderService()) killProcess(pid);
    await eventually("no process is left that knows the id", async () =>
      processesOfOrderService().length === 0 ? true : undefined,
    );
    const away = await post(backbone.url, orderBody("registry-away", ["A-2", 1]));
    expect(away.status).toBe(503);
    await backbone.parts.registry.start();
    await eventually("the same order is accepted", async () =>
      (await post(backbone.url, orderBody("registry-away", ["A-2", 1]))).status === 202 ? true : undefined,
    );
    await caughtUp(backbone);
    expect(await takenOf("A-2")).toBe(1);
  });

  it("comes back to every order that flowed while DynamoDB did not answer, and each has its effect once", async () => {
    const orders = Array.from({ length: 60 }, (_, index) => orderBody(`stalled-${index}`, ["D-1", 1]));
    const deadLettersBefore = (await messagesOf(backbone, deadLetterTopic)).length;
    const postAll = (some: typeof orders) => Promise.all(some.map((order) => postUntilSettled(backbone.url, order)));
    const answers = await postAll(orders.slice(0, 20));
    // Stopped, not ended: its tables are in its memory, and it still carries out what reached it meanwhile.
    const dynamoDb = processOfDynamoDb();
    process.kill(dynamoDb, "SIGSTOP");
    try {
      answers.push(...(await postAll(orders.slice(20, 40))));
      // 1 s of batching window and two attempts of 3 s: the consumer has a call behind it that found nobody.
      const abortSignal = AbortSignal.timeout(8_000);
      const read = tables.send(new ScanCommand({ TableName: tableNames.stock }), { abortSignal });
      await expect(read).rejects.toThrow(/abort/i);
      expect(await lagOfAll(backbone)).toBeGreaterThanOrEqual(20);
    } finally {
      process.kill(dynamoDb, "SIGCONT");
    }
    answers.push(...(await postAll(orders.slice(40))));
    await caughtUp(backbone);

    expect(answers.map(({ status }) => status)).toEqual(orders.map(() => 202));
    expect(await countOf("stalled-")).toBe(orders.length);
    expect(await takenOf("D-1")).toBe(orders.length);
    expect(await messagesOf(backbone, deadLetterTopic)).toHaveLength(deadLettersBefore);
  });
});

describe("npm run access, without a word on where", () => {
  it("finds the running backbone, which is what the access file says", async () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const env = { BACKBONE_CACHE_DIR: cacheWith(backbone) };
    const code = await runAccess(["drift"], { stdout, stderr, env });
    stdout.end();
    expect(await text(stdout)).toMatch(/^No changes: \d+ topics and \d+ ACLs are as the file says\.\n$/);
    expect(code).toBe(0);
  });
});
