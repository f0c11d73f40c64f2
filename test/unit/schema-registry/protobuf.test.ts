import { describe, expect, test } from "vitest";
import { protobuf } from "../../../shared/schema-registry/index.ts";
import { framed, reading, written } from "./serdes.ts";

const proto = `
syntax = "proto3";
package com.example.orders;
import "google/protobuf/timestamp.proto";

enum Channel { WEB = 0; SHOP = 1; }
message Ignored { message Inner {} }
message OrderCreated {
  enum State { NEW = 0; }
  message Line { string sku = 1; int32 quantity = 2; }
  string order_id = 1;
  int64 units = 2;
  Channel channel = 3;
  bytes seal = 4;
  repeated Line lines = 5;
  optional int32 discount = 6;
  google.protobuf.Timestamp placed_at = 7;
  map<string, Line> by_sku = 8;
  oneof payer { string card = 9; bool cash = 10; }
  Line gift = 11;
  uint64 weight = 12;
}
`;
const order = {
  orderId: "Café 🎉",
  units: "9007199254740993",
  channel: "SHOP",
  seal: "AQI=",
  lines: [{ sku: "85123A", quantity: 6 }],
  discount: 0,
  placedAt: "2026-01-01T08:26:00.123Z",
  bySku: { "85123A": { sku: "", quantity: 1 } },
  card: "",
  gift: { sku: "x", quantity: 0 },
  weight: "18446744073709551615",
};
const orderCreated = await protobuf(proto, "com.example.orders.OrderCreated");
const line = await protobuf(proto, "com.example.orders.OrderCreated.Line");
const ignored = await protobuf(proto, "com.example.orders.Ignored");

test("a message comes back in its canonical JSON form", async () => {
  expect(await reading(orderCreated)(await written(orderCreated, order))).toEqual(order);
});

test("what is absent has its default, unless its presence says something", async () => {
  expect(await reading(orderCreated)(await written(orderCreated, {}))).toEqual({
    orderId: "",
    units: "0",
    channel: "WEB",
    seal: "",
    lines: [],
    bySku: {},
    weight: "0",
  });
});

test.each([
  ["the first message of a file, in the short form", ignored, {}, [0]],
  ["another message of the file", orderCreated, { orderId: "1" }, [2, 2, 10, 1, 49]],
  ["a message within another", line, { quantity: 1 }, [4, 2, 0, 16, 1]],
])("%s has its indexes before the body", async (_, format, data, bytes) => {
  expect([...(await written(format, data)).subarray(5)]).toEqual(bytes);
});

describe("reading", () => {
  test("fields go by their numbers, and unknown ones are skipped", async () => {
    const newer = await protobuf(
      'syntax = "proto3"; package com.example.orders; message OrderCreated { string id = 1; string note = 99; }',
      "com.example.orders.OrderCreated",
    );
    const value = await written(newer, { id: "1", note: "x" });
    expect(await reading(orderCreated, newer)(value)).toMatchObject({ orderId: "1" });
  });

  test("takes the long form of the first message's indexes too", async () => {
    expect(await reading(ignored)(framed([2, 0]))).toEqual({});
  });

  test("a message of another name is SCHEMA_MISMATCH", async () => {
    const read = reading(orderCreated)(await written(line, {}));
    await expect(read).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
      message: "the value is a message com.example.orders.OrderCreated.Line, not com.example.orders.OrderCreated",
    });
  });

  test("a writer's schema that is no .proto file is SCHEMA_MISMATCH", async () => {
    const read = reading(orderCreated, { schemaType: "PROTOBUF", schema: "message {" });
    await expect(read(framed([0]))).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
  });

  test.each([
    ["no message indexes", []],
    ["message indexes that end too early", [4, 2]],
    ["more message indexes than bytes", [0xfe, 0xff, 0xff, 0xff, 0x0f]],
    ["a negative count of message indexes", [1, 0]],
    ["a negative message index", [2, 1]],
    ["an endless message index", [2, 255, 255, 255, 255, 255, 255, 1]],
    ["indexes of a message that is not there", [2, 18]],
    ["a field that ends too early", [2, 2, 10, 5, 49]],
    ["a text that is no UTF-8", [2, 2, 10, 1, 255]],
    ["an unknown wire type", [2, 2, 15, 1]],
    ["a group that does not end", [2, 2, 0xa3, 6]],
  ])("%s: MALFORMED_PAYLOAD", async (_, body) => {
    await expect(reading(orderCreated)(framed(body))).rejects.toMatchObject({ code: "MALFORMED_PAYLOAD" });
  });
});

test.each([
  ["a number for a text", { orderId: 5 }, "com.example.orders.OrderCreated.orderId: expected string"],
  ["an unknown field", { secret: 1 }, "com.example.orders.OrderCreated: unknown field"],
  ["an unknown name of an enum", { channel: "secret" }, "com.example.orders.OrderCreated.channel: unknown enum value"],
  ["a number out of range", { discount: 2 ** 40 }, "com.example.orders.OrderCreated.discount: out of range for int32"],
  ["a bigint", { units: 5n }, ""],
  ["no object", "secret", "com.example.orders.OrderCreated: expected object"],
])("%s is SCHEMA_MISMATCH, which says where and not what", async (_, data, where) => {
  const error: unknown = await written(orderCreated, data).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: "SCHEMA_MISMATCH", message: expect.stringContaining(where) });
  expect(String(error)).not.toContain("secret");
  expect(error).not.toHaveProperty("cause");
});

test("a message without a JSON form is MALFORMED_PAYLOAD, whose error holds nothing of it", async () => {
  const masked = await protobuf(
    'syntax = "proto3"; import "google/protobuf/field_mask.proto"; message M { google.protobuf.FieldMask mask = 1; }',
    "M",
  );
  const mask = Buffer.from("seCret");
  const body = [0, 10, mask.length + 2, 10, mask.length, ...mask];
  const error: unknown = await reading(masked)(framed(body)).catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: "MALFORMED_PAYLOAD",
    message: expect.stringContaining("no canonical JSON form"),
  });
  expect(error).not.toHaveProperty("cause");
});

test.each([
  ["text that is no .proto file", "message {", "M"],
  ["a message that the file does not declare", 'syntax = "proto3"; message M {}', "N"],
  ["an import of another file", 'syntax = "proto3"; import "other.proto"; message M {}', "M"],
  ["a field of an unknown type", 'syntax = "proto3"; message M { Other other = 1; }', "M"],
])("%s is INVALID_OPTIONS", async (_, text, message) => {
  await expect(protobuf(text, message)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
});
