import { describe, expect, test } from "vitest";
import { decodeEvent } from "../../../../local/dead-letters/decoded-event.ts";
import type { StoredDeadLetter } from "../../../../shared/dead-letter/index.ts";
import type { SchemaMetadata } from "../../../../shared/msk-event/index.ts";
import { avro, type SchemaRegistry } from "../../../../shared/schema-registry/index.ts";
import { inTopic, letterOf, original, read } from "../../dead-letter/stored.ts";
import { framed } from "../../schema-registry/serdes.ts";

const schema = { dataFormat: "AVRO", schemaId: "42" } as const;
const foreign = avro({ type: "record", name: "Foreign", fields: [{ name: "n", type: "int" }] });

/** A registry that has a schema under whatever id bytes happen to say. */
function askedRegistry(): { readonly registry: SchemaRegistry; readonly asked: number[] } {
  const asked: number[] = [];
  const schemaById = async (id: number) => {
    asked.push(id);
    return foreign;
  };
  const writes = () => Promise.reject(new Error("decoding writes no schema"));
  return { registry: { schemaById, idOf: writes, register: writes }, asked };
}

/** The dead letter of an event with that value, as this project writes it and reads it again. */
function storedLetter(value: Buffer, valueSchema?: SchemaMetadata): StoredDeadLetter {
  const attributes = { ce_specversion: "1.0", ce_type: "OrderCreated", ce_source: "/shop", ce_id: "e-1" };
  const headers = Object.entries(attributes).map(([name, text]) => [name, Buffer.from(text)] as const);
  return read(inTopic(letterOf({ ...original, value, headers, valueSchema })));
}

describe("of a dead letter whose value the mapping has deserialized", () => {
  test("bytes that begin like the wire format are not decoded with the schema of a chance id", async () => {
    const { registry, asked } = askedRegistry();
    const event = await decodeEvent(storedLetter(framed([2]), schema).source, registry);

    expect(event).toMatchObject({
      attributes: { id: "e-1" },
      data: undefined,
      problem: "deserialized by the mapping, schema AVRO/42, format not known",
    });
    expect(asked).toEqual([]);
  });

  test("bytes that are no JSON are not called broken JSON", async () => {
    const { problem } = await decodeEvent(storedLetter(Buffer.from("x{"), schema).source, undefined);

    expect(problem).toBe("deserialized by the mapping, schema AVRO/42, format not known");
  });

  test("JSON is shown", async () => {
    const event = await decodeEvent(storedLetter(Buffer.from('{"n":1}'), schema).source, undefined);

    expect(event).toMatchObject({ data: { n: 1 }, problem: undefined });
  });
});

test("a value as its topic has it is decoded with the schema of its id", async () => {
  const { registry, asked } = askedRegistry();
  const event = await decodeEvent(storedLetter(framed([2])).source, registry);

  expect(event).toMatchObject({ data: { n: 1 }, problem: undefined });
  expect(asked).toContain(42);
});
