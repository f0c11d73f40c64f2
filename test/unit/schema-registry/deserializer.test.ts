import { describe, expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import { avro, createDeserializer, jsonSchema, type WrittenSchema } from "../../../shared/schema-registry/index.ts";
import { framed, written } from "./serdes.ts";

const schema = { type: "record", name: "Order", fields: [{ name: "orderId", type: "string" }] };
const order = { orderId: "536365" };

function setUp(answers: readonly (WrittenSchema | BackboneError)[] = [avro(schema)]) {
  const asked: number[] = [];
  const schemaById = async (id: number) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(id);
    if (answer === undefined || answer instanceof BackboneError) throw answer;
    return answer;
  };
  return { asked, ...createDeserializer({ registry: { schemaById }, readers: { event: avro(schema) } }) };
}

test("gives the data at once when the schema id is known", async () => {
  const { deserialize } = setUp();
  const value = await written(avro(schema), order);
  expect(deserialize("event", value)).toBeInstanceOf(Promise);
  await deserialize("event", value);
  expect(deserialize("event", value)).toEqual(order);
  expect(() => deserialize("event", framed([]))).toThrow(expect.objectContaining({ code: "MALFORMED_PAYLOAD" }));
});

test("asks once for a batch of records with the same id, and again after a failure", async () => {
  const { asked, deserialize } = setUp([new BackboneError("REGISTRY_UNAVAILABLE", "away"), avro(schema)]);
  const value = await written(avro(schema), order);
  const batch = () => Promise.allSettled(Array.from({ length: 100 }, () => deserialize("event", value)));
  expect((await batch()).every(({ status }) => status === "rejected")).toBe(true);
  expect((await batch()).every(({ status }) => status === "fulfilled")).toBe(true);
  expect(asked).toEqual([42, 42]);
});

test("a schema of another type than the reader's is SCHEMA_MISMATCH", async () => {
  const { deserialize } = setUp([await jsonSchema({})]);
  await expect(deserialize("event", framed("{}"))).rejects.toMatchObject({
    code: "SCHEMA_MISMATCH",
    message: "schema 42 is of type JSON, event is read as AVRO",
  });
});

test("an endless event type is cut in the message", () => {
  const thrown = expect.objectContaining({ code: "UNKNOWN_EVENT_TYPE", message: expect.stringMatching(/^.{90,200}$/) });
  expect(() => setUp().deserialize("x".repeat(100_000), framed([]))).toThrow(thrown);
});

describe("wrong options are INVALID_OPTIONS", () => {
  const registry = { schemaById: async () => avro(schema) };

  test("a reader that is not awaited", () => {
    const readers = { event: jsonSchema({}) };
    // @ts-expect-error a promise is no reader
    expect(() => createDeserializer({ registry, readers })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTIONS", message: expect.stringContaining("to be awaited") }),
    );
  });

  test("an unknown option", () => {
    // @ts-expect-error there is no such option
    expect(() => createDeserializer({ registry, readers: {}, reader: {} })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTIONS" }),
    );
  });
});
