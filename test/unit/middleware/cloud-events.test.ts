import { describe, expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import { cloudEvents } from "../../../shared/middleware/index.ts";
import { batchOf } from "../../../shared/processing/index.ts";

const complete = { ce_specversion: "1.0", ce_id: "e-1", ce_source: "/s", ce_type: "t" };

function record(offset: number, attributes: Record<string, string>, value: string | null = "data") {
  return {
    topic: "orders",
    partition: 0,
    offset,
    timestamp: 0,
    timestampType: "CREATE_TIME",
    ...(value !== null && { value: Buffer.from(value).toString("base64") }),
    headers: Object.entries(attributes).map(([name, text]) => ({ [name]: [...new Int8Array(Buffer.from(text))] })),
  };
}

async function decode(records: object[], deserialize: (type: string, value: Buffer) => Promise<unknown>) {
  const request = { event: { eventSource: "aws:kafka", records: { "orders-0": records } }, internal: {} };
  await cloudEvents({ deserializer: { deserialize } }).before(request);
  return batchOf(request).records ?? [];
}

describe("cloudEvents", () => {
  test("turns each record into an event with its data", async () => {
    const [decoded] = await decode([record(5, complete)], async (type, value) => ({ type, text: value.toString() }));
    expect(decoded).toMatchObject({
      status: "decoded",
      source: { offset: 5 },
      event: { id: "e-1", source: "/s", data: { type: "t", text: "data" } },
    });
  });

  test("one bad record does not fail its batch, and keeps its bytes and what identifies it", async () => {
    const records = [
      record(1, { ce_id: "e-0" }),
      record(2, complete, "bad"),
      record(3, complete),
      record(4, complete, null),
    ];
    const decoded = await decode(records, async (_type, value) => {
      if (value.toString() === "bad") throw new BackboneError("MALFORMED_PAYLOAD", "too short");
      return {};
    });
    expect(decoded.map((one) => (one.status === "failed" ? one.error.code : one.status))).toEqual([
      "MALFORMED_EVENT",
      "MALFORMED_PAYLOAD",
      "decoded",
      "MALFORMED_PAYLOAD",
    ]);
    expect(decoded[1]).toMatchObject({ identity: { source: "/s", id: "e-1" }, source: { value: Buffer.from("bad") } });
  });

  test("a failure of the registry is retriable, also when the deserializer lets it through as it came", async () => {
    const errors = [
      new BackboneError("REGISTRY_UNAVAILABLE", "away"),
      new TypeError("fetch failed", { cause: Object.assign(new Error(""), { code: "ECONNREFUSED" }) }),
    ];
    for (const error of errors) {
      const [decoded] = await decode([record(1, complete)], () => Promise.reject(error));
      expect(decoded).toMatchObject({ status: "failed", error: { code: "REGISTRY_UNAVAILABLE", retriable: true } });
    }
  });

  test("an unexpected error of the deserializer is of the record, and its message stays out of ours", async () => {
    const [decoded] = await decode([record(1, complete)], () => Promise.reject(new RangeError("secret 42")));
    expect(decoded).toMatchObject({ error: { code: "MALFORMED_PAYLOAD", message: "decoding failed: RangeError" } });
  });
});
