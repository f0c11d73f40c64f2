import { describe, expect, it } from "vitest";
import { createBatcher } from "../../../../local/mapping/batcher.ts";
import type { MskRecord } from "../../../../shared/msk-event/index.ts";

const recordsOf = (partition: number, count: number, value = "AA=="): MskRecord[] =>
  Array.from({ length: count }, (_, offset) => ({
    topic: "t",
    partition,
    offset,
    timestamp: 0,
    timestampType: "CREATE_TIME",
    value,
    headers: [],
  }));

function setUp(limits: { batchSize?: number; maxBytes?: number; windowMs?: number }) {
  const batches: (readonly MskRecord[])[] = [];
  const invoke = async (records: readonly MskRecord[]) => {
    batches.push([...records]);
  };
  const batcher = createBatcher({ batchSize: 100, maxBytes: 1e6, windowMs: 10, invoke, ...limits });
  return { batches, batcher };
}

describe("createBatcher", () => {
  it("sends a full batch at once, without waiting for the window", async () => {
    const { batcher, batches } = setUp({ batchSize: 3, windowMs: 60_000 });
    await expect(batcher.offer(recordsOf(0, 5))).resolves.toBe(3);
    expect(batches.map((batch) => batch.length)).toEqual([3]);
  });

  it("gathers partitions into one batch until the window ends", async () => {
    const { batcher, batches } = setUp({});
    await expect(Promise.all([batcher.offer(recordsOf(0, 2)), batcher.offer(recordsOf(1, 1))])).resolves.toEqual([
      2, 1,
    ]);
    expect(batches.map((batch) => batch.map(({ partition }) => partition))).toEqual([[0, 0, 1]]);
  });

  it("keeps a batch below its bytes", async () => {
    const { batcher, batches } = setUp({ maxBytes: 1_000, windowMs: 60_000 });
    await expect(batcher.offer(recordsOf(0, 3, "A".repeat(400)))).resolves.toBe(1);
    expect(batches.map((batch) => batch.length)).toEqual([1]);
  });

  it("begins a new batch for a record that does not fit the open one", async () => {
    const { batcher, batches } = setUp({ maxBytes: 1_000, windowMs: 5 });
    await Promise.all([
      batcher.offer(recordsOf(0, 1, "A".repeat(600))),
      batcher.offer(recordsOf(1, 1, "A".repeat(600))),
    ]);
    expect(batches.map((batch) => batch.map(({ partition }) => partition))).toEqual([[0], [1]]);
  });

  it("resolves an offer only when its batch is over", async () => {
    let finish = () => {};
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const batcher = createBatcher({ batchSize: 1, maxBytes: 1e6, windowMs: 0, invoke: () => done });
    let over = false;
    const offered = batcher.offer(recordsOf(0, 1)).then(() => {
      over = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(over).toBe(false);
    finish();
    await offered;
    expect(over).toBe(true);
  });
});
