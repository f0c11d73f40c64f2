import { describe, expect, test } from "vitest";
import {
  readMessageIndexes,
  readSchemaId,
  subjectName,
  writeMessageIndexes,
  writeWireFormat,
} from "../../../shared/schema-registry/index.ts";

test.each([0, 1, 258, 2 ** 31 - 1])("schema id %i comes back", (id) => {
  const value = writeWireFormat(id, Buffer.from("body"));
  expect(readSchemaId(value)).toBe(id);
  expect(value.subarray(5).toString()).toBe("body");
});

test.each([-1, 2 ** 31, 1.5, Number.NaN])("schema id %d is INVALID_OPTIONS", (id) => {
  expect(() => writeWireFormat(id, Buffer.alloc(0))).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
});

describe("message indexes", () => {
  test.each([
    [[0], [0]],
    [[1], [2, 2]],
    [
      [0, 0],
      [4, 0, 0],
    ],
    [
      [63, 64, 300],
      [6, 126, 128, 1, 216, 4],
    ],
    [[2 ** 31 - 1], [2, 254, 255, 255, 255, 15]],
  ])("%j are the bytes %j", (indexes, bytes) => {
    expect([...writeMessageIndexes(indexes)]).toEqual(bytes);
    const value = Buffer.from([9, 9, ...bytes, 9]);
    expect(readMessageIndexes(value, 2)).toEqual({ indexes, end: 2 + bytes.length });
  });

  test("beyond 2^31 - 1 they are MALFORMED_PAYLOAD", () => {
    const value = Buffer.from([2, 254, 255, 255, 255, 31]);
    expect(() => readMessageIndexes(value, 0)).toThrow(expect.objectContaining({ code: "MALFORMED_PAYLOAD" }));
  });
});

test("a subject named after a record that has no name is INVALID_OPTIONS", () => {
  const subject = { topic: "a", recordName: undefined };
  expect(subjectName("TopicNameStrategy", subject)).toBe("a-value");
  for (const strategy of ["RecordNameStrategy", "TopicRecordNameStrategy"] as const) {
    expect(() => subjectName(strategy, subject)).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
  }
});
