import { describe, expect, it } from "vitest";
import { toMskEvent, toMskRecord } from "../../../../local/mapping/msk-event.ts";

const message = {
  key: Buffer.from("k"),
  value: Buffer.from("v"),
  timestamp: "1700000000000",
  attributes: 0,
  offset: "7",
  headers: { a: [Buffer.from([118, 220]), Buffer.from([0])], b: "é" },
};

describe("toMskRecord", () => {
  it("gives base64 key and value, and each header as signed bytes in a record of its own", () => {
    expect(toMskRecord("t", 2, message, "CREATE_TIME")).toEqual({
      topic: "t",
      partition: 2,
      offset: 7,
      timestamp: 1_700_000_000_000,
      timestampType: "CREATE_TIME",
      key: "aw==",
      value: "dg==",
      headers: [{ a: [118, -36] }, { a: [0] }, { b: [-61, -87] }],
    });
  });

  it("leaves out an absent key and a tombstone's value", () => {
    const record = toMskRecord("t", 2, { ...message, key: null, value: null }, "CREATE_TIME");
    expect(Object.keys(record)).not.toContain("key");
    expect(Object.keys(record)).not.toContain("value");
  });
});

describe("toMskEvent", () => {
  it("groups the records under topic and partition", () => {
    const records = [0, 1, 0].map((partition) => toMskRecord("t", partition, message, "CREATE_TIME"));
    const event = toMskEvent("arn:cluster", "h:1", records);
    expect(Object.entries(event.records).map(([name, group]) => [name, group.length])).toEqual([
      ["t-0", 2],
      ["t-1", 1],
    ]);
    expect(event).toMatchObject({ eventSource: "aws:kafka", eventSourceArn: "arn:cluster", bootstrapServers: "h:1" });
  });
});
