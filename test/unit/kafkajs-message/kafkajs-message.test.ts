import { expect, test } from "vitest";
import { fromKafkajsMessage, toKafkajsMessage } from "../../../shared/kafkajs-message/index.ts";

const bytes = (text: string) => Buffer.from(text);

test("a message becomes a record: place, bytes, headers as pairs of name and bytes", () => {
  const headers = { a: [bytes("1"), "é"], b: bytes("3"), c: undefined };
  const message = { key: bytes("k"), value: null, timestamp: "1700000000000", attributes: 0, offset: "7", headers };
  expect(fromKafkajsMessage("t", 2, message)).toEqual({
    topic: "t",
    partition: 2,
    offset: 7,
    timestampMs: 1_700_000_000_000,
    key: bytes("k"),
    value: null,
    headers: [
      ["a", bytes("1")],
      ["a", bytes("é")],
      ["b", bytes("3")],
      ["c", Buffer.alloc(0)],
    ],
  });
});

test("a message of the oldest format has no headers", () => {
  const message = { key: null, value: bytes("v"), timestamp: "0", attributes: 0, offset: "0", size: 1 };
  expect(fromKafkajsMessage("t", 0, message)).toMatchObject({ key: null, value: bytes("v"), headers: [] });
});

test("a record becomes a message: repeated headers are gathered, whatever their name", () => {
  const headers = [
    ["a", bytes("1")],
    ["__proto__", bytes("2")],
    ["a", bytes("3")],
  ] as const;
  const message = toKafkajsMessage({ key: bytes("k"), value: null, headers });
  expect(message).toMatchObject({ key: bytes("k"), value: null });
  expect(Object.entries(message.headers ?? {})).toEqual([
    ["a", [bytes("1"), bytes("3")]],
    ["__proto__", [bytes("2")]],
  ]);
});
