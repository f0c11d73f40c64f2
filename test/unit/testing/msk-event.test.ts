import { CloudEvent } from "cloudevents";
import { describe, expect, test } from "vitest";
import { sourceRecordsOf } from "../../../shared/msk-event/index.ts";
import { mskEvent } from "../../../shared/testing/index.ts";
import twoPartitions from "../../fixtures/events/two-partitions.json" with { type: "json" };

const event = { id: "e-1", source: "/s", type: "t" };

describe("mskEvent", () => {
  test("builds what Lambda sends: partitions, base64, signed header bytes, absent keys and tombstones", () => {
    const headers = [
      ["ce_id", "e-1"],
      ["shop", "Café"],
      ["raw", Buffer.from([118, 220, 0, 127, 128])],
      ["shop", "Bar"],
    ] as const;
    const value = Buffer.from("000000002a6869", "hex");
    const timestampMs = 1_767_225_600_000;
    const built = mskEvent({
      topic: "order-events",
      records: [
        { offset: 15, key: "536365", value, headers, timestampMs },
        { key: "536365", timestampMs: timestampMs + 1 },
        { partition: 3, offset: 7, value: "", timestampMs: timestampMs + 2 },
      ],
    });
    const captured = structuredClone(twoPartitions);
    for (const record of captured.records["order-events-3"]) record.timestampType = "CREATE_TIME";
    expect(built).toEqual(captured);
  });

  test("writes CloudEvents in binary mode: data as JSON or as the bytes that they are, the key from partitionkey", () => {
    const [json, bytes, none] = sourceRecordsOf(
      mskEvent({
        topic: "t",
        records: [
          { ...event, partitionkey: "k", data: { a: "é" } },
          { ...event, datacontenttype: "application/avro", data: Buffer.from([0, 255]) },
          new CloudEvent(event),
        ],
      }),
    );
    expect(json).toMatchObject({ key: Buffer.from("k"), value: Buffer.from('{"a":"é"}') });
    expect(json?.headers.map(([name, value]) => [name, value.toString()])).toEqual(
      expect.arrayContaining([
        ["ce_specversion", "1.0"],
        ["ce_id", "e-1"],
        ["content-type", "application/json"],
      ]),
    );
    expect(bytes).toMatchObject({ key: null, value: Buffer.from([0, 255]) });
    expect(none).toMatchObject({ value: null });
  });

  test("offsets follow each other in each partition, unless they are given", () => {
    const records = [{ event }, { event, partition: 1 }, { event, offset: 10 }, event, { event, partition: 1 }];
    const { records: built } = mskEvent({ topic: "t", records });
    expect(Object.entries(built).map(([name, all]) => [name, all.map(({ offset }) => offset)])).toEqual([
      ["t-0", [0, 10, 11]],
      ["t-1", [0, 1]],
    ]);
  });

  test("an event may lie in another topic and bring headers of the transport", () => {
    const records = [{ event, topic: "u", headers: [["traceparent", "00-…"]] as const }];
    const [record] = sourceRecordsOf(mskEvent({ topic: "t", records }));
    expect(record?.topic).toBe("u");
    expect(record?.headers.at(-1)).toEqual(["traceparent", Buffer.from("00-…")]);
  });

  test("refuses what is no CloudEvent (MALFORMED_EVENT) and a misspelt record (INVALID_OPTIONS)", () => {
    const build = (record: object) => () => mskEvent({ topic: "t", records: [record] });
    expect(build({ ...event, id: "" })).toThrow(expect.objectContaining({ code: "MALFORMED_EVENT" }));
    expect(build({ vlaue: "x" })).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
  });
});
