import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, test } from "vitest";
import { outboxItemKey, outboxWrite, readOutboxItem } from "../../../shared/outbox/index.ts";

function source(key: Buffer | null, { topic = "orders", partition = 0, offset = 0 } = {}) {
  return { topic, partition, offset, timestampMs: 0, key, value: null, headers: [] };
}

/** The item as DynamoDB gives it back. */
function stored(records: Parameters<typeof outboxWrite>[0]["records"]): Record<string, unknown> {
  const write = outboxWrite({
    table: "outbox",
    consumerGroup: "inventory",
    source: source(Buffer.from("o-1"), { partition: 3, offset: 41 }),
    writtenAt: new Date(1_000),
    records,
  });
  return unmarshall(marshall({ ...("item" in write ? write.item : {}), ...write.key }));
}

describe("an item of the outbox", () => {
  test("comes back from DynamoDB as it was written, byte for byte", () => {
    const records = [
      { topic: "a", record: { key: Buffer.from([0, 255]), value: Buffer.from([9, 0, 200]), headers: [] } },
      {
        topic: "b",
        record: {
          key: null,
          value: null,
          headers: [
            ["twice", Buffer.from("é")],
            ["twice", Buffer.alloc(0)],
          ] as const,
        },
      },
    ];

    expect(readOutboxItem(stored(records))).toEqual({
      groupKey: "inventory#text#o-1",
      sourcePosition: "orders#0000000003#0000000000000041",
      writtenAt: new Date(1_000),
      records,
    });
  });

  test.each([
    ["an attribute that this version does not know", { compression: "zstd" }, /: compression$/],
    ["no records", { records: [] }, /: records$/],
    [
      "a value that is no bytes",
      { records: [{ topic: "a", key: null, value: "secret", headers: [] }] },
      /: records\.0\.value$/,
    ],
  ])("%s is refused, and the message quotes no value", (_name, changes, message) => {
    const item = { ...stored([{ topic: "a", record: { key: null, value: null, headers: [] } }]), ...changes };

    expect(() => readOutboxItem(item)).toThrow(
      expect.objectContaining({ code: "MALFORMED_OUTBOX_ITEM", message: expect.stringMatching(message) }),
    );
  });
});

describe("its key", () => {
  test("sorts by partition and offset as numbers", () => {
    const offsets = [2, 10, 9, 9_007_199_254_740_991, 100];
    const positions = offsets.map((offset) => outboxItemKey("g", source(null, { offset })).sourcePosition);

    expect(positions.sort().map((position) => Number(position.split("#")[2]))).toEqual(offsets.sort((a, b) => a - b));
  });

  test("is one for the records of a key, and another for each record without a key", () => {
    const groupKeys = [
      outboxItemKey("g", source(Buffer.from("k"), { offset: 1 })),
      outboxItemKey("g", source(Buffer.from("k"), { offset: 2 })),
      outboxItemKey("g", source(null, { offset: 3 })),
      outboxItemKey("g", source(null, { offset: 4 })),
    ].map(({ groupKey }) => groupKey);

    expect(groupKeys).toEqual([
      "g#text#k",
      "g#text#k",
      "g#none#orders#0000000000#0000000000000003",
      "g#none#orders#0000000000#0000000000000004",
    ]);
  });

  test("tells apart keys that look alike, and those that are no text", () => {
    const keys = [Buffer.from("/w=="), Buffer.from([255]), Buffer.from("base64#/w=="), Buffer.alloc(0), null];
    const groupKeys = keys.map((key) => outboxItemKey("g", source(key)).groupKey);

    expect(new Set(groupKeys).size).toBe(keys.length);
  });

  test("fits DynamoDB however long the record's key is", () => {
    const [a, b] = ["a", "b"].map((end) => outboxItemKey("g", source(Buffer.from("ä".repeat(2_000) + end))).groupKey);

    expect(a).toMatch(/^g#sha256#[0-9a-f]{64}$/);
    expect(a).not.toBe(b);
  });
});
