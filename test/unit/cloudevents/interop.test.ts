import { describe, expect, test } from "vitest";
import { partitionKey, toBinaryRecord, toEvent, toStructuredRecord } from "../../../shared/cloudevents/index.ts";
import { avro, createDeserializer } from "../../../shared/schema-registry/index.ts";
import { orderCreatedSchema, orderCreatedType } from "../../../shared/schemas/index.ts";
import { sourceRecord, throughLambda } from "../../fixtures/events/source-record.ts";
import { eventsForPython } from "../../fixtures/interop/events-for-python.ts";
import python from "../../fixtures/interop/python-cloudevents.json" with { type: "json" };
import readByPython from "../../fixtures/interop/read-by-python.json" with { type: "json" };
import { errorOf } from "./error-of.ts";

interface Captured {
  readonly key: string | null;
  readonly headers: string[][];
  readonly value: string | null;
}

function recordOf({ key, headers, value }: Captured) {
  const pairs = headers.map(([name = "", text = ""]) => [name, text] as const);
  const bytes = value === null ? null : Buffer.from(value, "base64");
  return { ...sourceRecord(pairs, bytes), key: key === null ? null : Buffer.from(key) };
}

const isLegacyStructured = ({ binding, mode }: { binding: string; mode: string }) =>
  binding === "v1" && mode === "structured";

describe("events of Python's cloudevents package and confluent-kafka", () => {
  test.each(python.records.filter((written) => !isLegacyStructured(written)))(
    "$binding, $mode mode, $name: is read as it was meant",
    ({ name, mode, record, meant }) => {
      const source = recordOf(record);
      const { data, ...attributes } = toEvent(source);
      // Where the format takes data for JSON, that is said.
      const implied = name === "json without datacontenttype" && mode === "structured";
      expect(attributes).toEqual({ ...meant.attributes, ...(implied && { datacontenttype: "application/json" }) });
      expect(data?.toString("base64")).toBe(meant.data);
      expect(toEvent(throughLambda(source))).toEqual(toEvent(source));
    },
  );

  test.each(python.records.filter(({ name, ...written }) => name.endsWith("avro") && !isLegacyStructured(written)))(
    "$binding, $mode mode, $name: its Avro data are read",
    async ({ record }) => {
      const schema = { schemaType: "AVRO", schema: JSON.stringify(orderCreatedSchema) } as const;
      const registry = { schemaById: async () => schema };
      const readers = { [orderCreatedType]: avro(orderCreatedSchema) };
      const { type, data = Buffer.alloc(0) } = toEvent(recordOf(record));
      expect(await createDeserializer({ registry, readers }).deserialize(type, data)).toEqual({
        orderId: "536365",
        customerId: "17850",
        totalAmount: 15.3,
        createdAt: new Date("2026-01-01T08:26:00.123Z"),
        lines: [{ sku: "85123A", quantity: 6, unitPrice: 2.55 }],
      });
    },
  );

  test.each(python.records.filter(isLegacyStructured))(
    "$binding, $mode mode: what does not call itself structured is refused",
    ({ record }) => {
      expect(errorOf(() => toEvent(recordOf(record)))).toMatchObject({ code: "MALFORMED_EVENT" });
    },
  );
});

describe("records that Python has read", () => {
  test.each(readByPython.records)("$mode mode, $name: are still written so", ({ name, mode, record }) => {
    const event = eventsForPython.get(name);
    if (event === undefined) throw new Error(`there is no event "${name}"`);
    const written = mode === "binary" ? toBinaryRecord(event, partitionKey) : toStructuredRecord(event, partitionKey);
    const { key, value, headers } = recordOf(record);
    expect(written).toEqual({ key, value, headers });
  });
});
