import { describe, expect, it } from "vitest";
import { failedRecords } from "../../../../local/mapping/partial-batch-response.ts";
import type { MskRecord } from "../../../../shared/msk-event/index.ts";

const record = (partition: number, offset: number): MskRecord => ({
  topic: "orders",
  partition,
  offset,
  timestamp: 0,
  timestampType: "CREATE_TIME",
  headers: [],
});
const batch = [record(0, 10), record(0, 11), record(1, 10)];
const failure = (partition: unknown, offset: unknown) => ({ itemIdentifier: { partition, offset } });

describe("failedRecords", () => {
  it.each([[null], [undefined], [{}], [{ batchItemFailures: [] }], [{ batchItemFailures: null }]])(
    "takes %j for success",
    (payload) => {
      expect(failedRecords(batch, payload)).toEqual([]);
    },
  );

  it("picks the records that are named", () => {
    const payload = { batchItemFailures: [failure("orders-0", 11), failure("orders-1", 10)] };
    expect(failedRecords(batch, payload)).toEqual([batch[1], batch[2]]);
  });

  it.each([
    ["an offset that was not in the batch", { batchItemFailures: [failure("orders-0", 99)] }],
    ["a partition that was not in the batch", { batchItemFailures: [failure("orders-7", 10)] }],
    ["an identifier that is a string", { batchItemFailures: [{ itemIdentifier: "orders-0@10" }] }],
    ["something that is no response", "done"],
  ])("fails the whole batch for %s", (_, payload) => {
    expect(failedRecords(batch, payload)).toEqual(batch);
  });
});
