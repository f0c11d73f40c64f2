import type { MskEvent, MskRecord } from "../../shared/msk-event/index.ts";
import { orderCreatedType } from "../../shared/schemas/index.ts";
import { seededRandom } from "./random.ts";
import { framed, type WrittenOrder, writerAvroType } from "./written-schema.ts";

const partitions = 6;
const epochMs = Date.UTC(2026, 0, 1);

export interface OrderEventsOptions {
  readonly records: number;
  /** Records an event. */
  readonly batch: number;
  readonly seed: number;
  /** The order of a record, by its index. @default one of 1 to 4 lines, made by the seed */
  readonly orderOf?: (index: number) => WrittenOrder;
}

/**
 * MSK events of `batch` records each, as Lambda hands them over: parsed from JSON, header bytes signed, keys and values
 * in base64. Each record is an OrderCreated in wire format, with the seven headers that order-service sends. The same
 * seed gives the same events.
 */
export function orderEvents({ records, batch, seed, orderOf }: OrderEventsOptions): MskEvent[] {
  const random = seededRandom(seed);
  const all = Array.from({ length: records }, (_, index) =>
    orderRecord(index, random, orderOf ?? ((of) => randomOrder(of, random))),
  );
  return Array.from({ length: Math.ceil(records / batch) }, (_, index) => {
    const event: MskEvent = {
      eventSource: "aws:kafka",
      eventSourceArn: "arn:aws:kafka:eu-west-1:123456789012:cluster/backbone/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-1",
      bootstrapServers: "b-1.backbone.example.com:9098,b-2.backbone.example.com:9098",
      records: Object.groupBy(all.slice(index * batch, (index + 1) * batch), nameOfPartition) as MskEvent["records"],
    };
    // Objects as JSON.parse makes them, since theirs is the layout in memory that a function meets.
    return JSON.parse(JSON.stringify(event));
  });
}

/** The same events without the wire format's five bytes, for a rival that cannot read them. */
export function withoutPrefix(event: MskEvent): MskEvent {
  const bare = ({ value, ...record }: MskRecord) => ({
    ...record,
    value: Buffer.from(value ?? "", "base64")
      .subarray(5)
      .toString("base64"),
  });
  const records = Object.entries(event.records).map(([name, list]) => [name, list.map(bare)]);
  return JSON.parse(JSON.stringify({ ...event, records: Object.fromEntries(records) }));
}

const nameOfPartition = ({ topic, partition }: MskRecord) => `${topic}-${partition}`;

function orderRecord(index: number, random: () => number, orderOf: (index: number) => WrittenOrder): MskRecord {
  const timestamp = timestampOf(index);
  const headers = {
    ce_specversion: "1.0",
    ce_time: new Date(timestamp).toISOString(),
    "content-type": "application/avro",
    ce_id: `${hex(random, 8)}-${hex(random, 4)}-5${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`,
    ce_source: "/order-service",
    ce_type: orderCreatedType,
    ce_traceparent: `00-${hex(random, 32)}-${hex(random, 16)}-01`,
  };
  const order = orderOf(index);
  return {
    topic: "order-events",
    partition: index % partitions,
    offset: Math.floor(index / partitions),
    timestamp,
    timestampType: "CREATE_TIME",
    key: Buffer.from(order.orderId).toString("base64"),
    value: framed(writerAvroType.toBuffer(order)).toString("base64"),
    headers: Object.entries(headers).map(([name, text]) => ({ [name]: [...new Int8Array(Buffer.from(text))] })),
  };
}

const timestampOf = (index: number) => epochMs + index * 37;

function randomOrder(index: number, random: () => number): WrittenOrder {
  const lines = Array.from({ length: 1 + Math.floor(random() * 4) }, () => ({
    sku: `${10_000 + Math.floor(random() * 90_000)}${"ABCDEF"[Math.floor(random() * 6)]}`,
    quantity: 1 + Math.floor(random() * 24),
    unitPrice: Math.round(random() * 2000) / 100,
  }));
  const totalAmount = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
  return {
    orderId: String(536_365 + index),
    customerId: String(12_000 + Math.floor(random() * 6000)),
    totalAmount,
    createdAt: timestampOf(index),
    lines,
  };
}

function hex(random: () => number, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join("");
}
