import type { MskEvent, MskRecord } from "../msk-event/index.ts";
import { bytesOf, type Placement, type TestRecord } from "./test-records.ts";

export interface MskEventOptions {
  /** Topic of the records that do not name their own. */
  readonly topic: string;
  /** In the order in which they lie in their partitions; CloudEvents, placed CloudEvents, and raw ones. */
  readonly records: readonly TestRecord[];
}

const newYearMs = Date.UTC(2026, 0, 1);

/**
 * The event that Lambda's mapping for Amazon MSK sends for these records: grouped by partition, base64, header bytes
 * signed, an absent key and a tombstone's value left out. CloudEvents are written in binary mode.
 *
 * @example
 * mskEvent({
 *   topic: "order-events",
 *   records: [
 *     { id: "e-1", source: "/orders", type: "OrderCreated", partitionkey: "o-1", data: { orderId: "o-1" } },
 *     { partition: 3, key: "o-2", value: "no event" },
 *   ],
 * });
 *
 * @throws BackboneError MALFORMED_EVENT for what is no CloudEvent; INVALID_OPTIONS for what is no record
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html#msk-sample-event
 */
export function mskEvent({ topic, records }: MskEventOptions): MskEvent {
  const event: MskEvent = {
    eventSource: "aws:kafka",
    eventSourceArn: "arn:aws:kafka:eu-west-1:123456789012:cluster/orders/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-1",
    bootstrapServers: "b-1.orders.example.com:9098,b-2.orders.example.com:9098",
    records: {},
  };
  for (const record of records) {
    const { placement, bytes } = bytesOf(record);
    const name = `${placement.topic ?? topic}-${placement.partition ?? 0}`;
    const partition = event.records[name] ?? [];
    event.records[name] = partition;
    const before = partition.at(-1)?.offset ?? -1;
    partition.push({ ...placeOf(placement, topic, before + 1), ...encoded(bytes) });
  }
  return event;
}

function placeOf({ topic, partition = 0, offset, timestampMs = newYearMs }: Placement, ofEvent: string, next: number) {
  const timestampType = "CREATE_TIME" as const;
  return { topic: topic ?? ofEvent, partition, offset: offset ?? next, timestamp: timestampMs, timestampType };
}

function encoded({
  key,
  value,
  headers,
}: ReturnType<typeof bytesOf>["bytes"]): Pick<MskRecord, "key" | "value" | "headers"> {
  return {
    ...(key === null ? {} : { key: key.toString("base64") }),
    ...(value === null ? {} : { value: value.toString("base64") }),
    // A Java byte[] is serialized as signed numbers.
    headers: headers.map(([name, bytes]) => ({ [name]: [...new Int8Array(bytes)] })),
  };
}
