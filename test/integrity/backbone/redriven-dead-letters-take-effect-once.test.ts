import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { placeOrder } from "../../../functions/order-service/place-order.ts";
import { audit } from "../../../local/orders/audit.ts";
import { type AcceptedOrder, postOrders } from "../../../local/orders/post-orders.ts";
import { effectsOf } from "../../../local/orders/run-orders.ts";
import { deadLetterRecord } from "../../../shared/dead-letter/index.ts";
import { BackboneError } from "../../../shared/errors.ts";
import { eventRecord } from "../../../shared/kafka/index.ts";
import { toKafkajsMessage } from "../../../shared/kafkajs-message/index.ts";
import { avro, createSchemaRegistry, createSerializer } from "../../../shared/schema-registry/index.ts";
import { orderCreatedSchema, orderCreatedType } from "../../../shared/schemas/index.ts";
import { orderBody } from "../../integration/orders.ts";
import {
  caughtUp,
  documentClient,
  eventually,
  startTestBackbone,
  type TestBackbone,
  testStage,
} from "../../integration/running-backbone.ts";
import { randomNumbers } from "../random-numbers.ts";
import { report } from "../run/figures.ts";
import { seeds } from "../run/seeds.ts";

const topic = "order-events";
const deadLetterTopic = "order-events.inventory.dlt";
/** Where their number is counted: the source, and where they, or what comes of them, would go if it failed. */
const topics = [topic, deadLetterTopic, "inventory-events.order-status.dlt"];
const deadLetters = 1_000;
/** What the command line sends before it writes down that it did. */
const chunk = 500;
const diesSayingModule = new URL("dies-saying.ts", import.meta.url).href;

let backbone: TestBackbone;
beforeAll(async () => {
  backbone = await startTestBackbone();
});
afterAll(() => backbone?.stop());

/**
 * Puts orders that inventory could not process into its dead-letter topic. They are not in the source topic (any more),
 * so whatever order-status knows of their OrderCreated, it knows from the redrive.
 */
async function deadOrders(bodies: readonly ReturnType<typeof orderBody>[]): Promise<AcceptedOrder[]> {
  const registry = createSchemaRegistry({ url: `http://127.0.0.1:${backbone.ports.registry}/apis/ccompat/v7` });
  const serializer = createSerializer({ registry, topic, writers: { [orderCreatedType]: avro(orderCreatedSchema) } });
  const error = new BackboneError("HANDLER_FAILED", "the handler threw an Error");
  const dead = await Promise.all(
    bodies.map(async (body, offset) => {
      const placement = placeOrder(body, new Date());
      if (placement.status === "refused") throw new Error(JSON.stringify(placement.errors));
      const { record } = await eventRecord(placement.event, { serializer, key: body.orderId });
      const source = { topic, partition: 0, offset, timestampMs: Date.now(), ...record };
      const letter = {
        record: source,
        error,
        attempts: 3,
        consumerGroup: "inventory.order-events",
        failedAt: new Date(),
      };
      return { body, eventId: placement.event.id, message: toKafkajsMessage(deadLetterRecord(letter)) };
    }),
  );
  const producer = backbone.kafka.producer();
  await producer.connect();
  await producer.send({ topic: deadLetterTopic, messages: dead.map(({ message }) => message) });
  await producer.disconnect();
  return dead;
}

function redrive({ diesSaying }: { readonly diesSaying?: string } = {}) {
  const clientFile = join(dirname(backbone.logFolder), "client.properties");
  const which = ["--topic", topic, "--group", "inventory.order-events", "--code", "HANDLER_FAILED", "--yes"];
  const dying = diesSaying === undefined ? [] : ["--import", diesSayingModule];
  const program = [...dying, "local/dead-letters/main.ts", "redrive", ...which, "-c", clientFile];
  const child = spawn(process.execPath, program, {
    env: { ...process.env, DIES_SAYING: diesSaying },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (text) => {
    output += text;
  });
  return { child, ended: once(child, "close"), output: () => output };
}

/** Redrives all, killed with -9 when half of them are written down, and again. Gives what the second run printed. */
async function redriveInTwoRuns(): Promise<string> {
  // By itself: a kill from here could come when it is through with the other half, too.
  const first = redrive({ diesSaying: `${chunk} of ${deadLetters} redriven` });
  await first.ended;
  expect(first.child.signalCode, first.output()).toBe("SIGKILL");
  const second = redrive();
  await second.ended;
  return second.output();
}

/** Records that the topics hold. */
async function countsOf(topics: readonly string[]): Promise<number[]> {
  const admin = backbone.kafka.admin();
  await admin.connect();
  const offsets = await Promise.all(topics.map((one) => admin.fetchTopicOffsets(one)));
  await admin.disconnect();
  return offsets.map((partitions) => partitions.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0));
}

/** Redriven orders of which order-status knows nothing but what inventory said, and said once. */
async function knownByInventoryAlone(prefix: string): Promise<number> {
  const { STATUSES_TABLE: TableName } = backbone.functions.get(`backbone-${testStage}-order-status-order-events`)
    .definition.environment;
  const client = documentClient(backbone);
  const { Count = 0 } = await client.send(
    new ScanCommand({
      TableName,
      ConsistentRead: true,
      FilterExpression:
        "begins_with(orderId, :prefix) AND attribute_exists(inventoryEventId) AND attribute_not_exists(orderEventId)",
      ExpressionAttributeValues: { ":prefix": prefix },
    }),
  );
  client.destroy();
  return Count;
}

test.each(seeds)(
  "1,000 dead letters redriven while orders flow, by a command that is killed, take effect once, seed %i",
  async (seed) => {
    const random = randomNumbers(seed);
    const pick = (below: number) => Math.floor(random() * below);
    const bodyOf = (id: string) => orderBody(id, [`R-${pick(20)}`, 1 + pick(3)], [`R-${20 + pick(5)}`, 1]);
    const dead = Array.from({ length: deadLetters }, (_, index) => bodyOf(`dead-${seed}-${index}`));
    const redriven = await deadOrders(dead);
    const before = await countsOf(topics);
    let isDone = false;
    // Some keys come again, after others, with another body: the first of a key has to take effect, not the second.
    function* flow() {
      const bodies: ReturnType<typeof orderBody>[] = [];
      while (bodies.length < 120 || !isDone) {
        const body = bodyOf(`flowing-${seed}-${bodies.length}`);
        bodies.push(body);
        yield body;
        const earlier = bodies.length % 10 === 0 ? bodies.at(-60) : undefined;
        if (earlier !== undefined) yield { ...earlier, customerId: "C-2" };
      }
    }

    let settled = 0;
    const onSettled = () => void settled++;
    const posting = postOrders(flow(), { url: backbone.url, concurrency: 2, retryForMs: 60_000, onSettled });
    let settledBefore = 0;
    const flowing = eventually("orders flow", async () => (settled > 0 ? settled : undefined));
    const said = await flowing
      .then((count) => {
        settledBefore = count;
        return redriveInTwoRuns();
      })
      .finally(() => {
        isDone = true;
      });
    const settledMeanwhile = settled - settledBefore;
    const { accepted, failed } = await posting;
    await caughtUp(backbone);

    const effects = await effectsOf(backbone);
    const [firsts, seconds] = [true, false].map((first) =>
      accepted.filter(({ body }) => (body.customerId === "C-1") === first),
    ) as [AcceptedOrder[], AcceptedOrder[]];
    const redrivenIds = new Set(redriven.map(({ eventId }) => eventId));
    const others = new Set([...effects.deadLetterEventIds].filter((id) => !redrivenIds.has(id)));
    const audited = audit([...firsts, ...redriven], { ...effects, deadLetterEventIds: others });
    const { processed, deadLettered, lost, duplicated, findings } = audited;
    const figures = { seed, crashes: 1, records: redriven.length + accepted.length, lost, doubled: duplicated };
    const added = (await countsOf(topics)).map((count, index) => count - (before[index] ?? 0));
    const [inSource = 0, ...inDeadLetters] = added;
    report("redriven dead letters", { ...figures, settledMeanwhile, sentTwice: inSource - figures.records });

    // What was sent but not written down comes twice: it went on, it did not begin anew.
    expect(said).toMatch(/^\d+ redriven\.\n$/);
    expect(Number.parseInt(said, 10)).toBeLessThanOrEqual(deadLetters - chunk);
    expect(Number.parseInt(said, 10)).toBeGreaterThan(0);
    expect({ failed, lost, duplicated, findings }).toEqual({ failed: [], lost: 0, duplicated: 0, findings: [] });
    expect({ processed, deadLettered }).toEqual({ processed: firsts.length + redriven.length, deadLettered: 0 });
    expect(seconds.filter(({ eventId }) => !others.has(eventId))).toEqual([]);
    // Others did not see them, and what inventory published of them took effect once.
    expect(await knownByInventoryAlone(`dead-${seed}-`)).toBe(redriven.length);
    // None of them failed again, and nothing that came of them failed.
    expect(inDeadLetters).toEqual([seconds.length, 0]);
    // Otherwise the run has shown nothing.
    expect(settledMeanwhile).toBeGreaterThan(0);
    expect(seconds.length).toBeGreaterThan(0);
  },
);
