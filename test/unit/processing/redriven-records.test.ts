import { expect, test } from "vitest";
import { deadLetterHeaders } from "../../../shared/dead-letter/index.ts";
import { BackboneError } from "../../../shared/errors.ts";
import type { DecodedRecord } from "../../../shared/processing/index.ts";
import { decoded, failed, type Order, runBatch, writeName } from "./run-batch.ts";

const malformed = new BackboneError("MALFORMED_PAYLOAD", "cut short");

function redrivenFor(group: string, record: DecodedRecord<Order>): DecodedRecord<Order> {
  const headers = [[deadLetterHeaders.redriveGroup, Buffer.from(group)] as const];
  return { ...record, source: { ...record.source, headers } };
}

test("a record that is redriven for another consumer group is skipped, decoded or not", async () => {
  const records = [decoded({ id: "a" }), failed({ id: "b" }, malformed)].map((one) => redrivenFor("billing", one));

  const { ends, store, published } = await runBatch({ records, decide: writeName });

  expect(ends).toEqual(["duplicate", "duplicate"]);
  expect([...store.table("names")]).toEqual([]);
  expect(published).toEqual([]);
});

test("a record that is redriven for this consumer group is processed like any other", async () => {
  const records = [decoded({ id: "a" }), failed({ id: "b" }, malformed)].map((one) => redrivenFor("group", one));

  const { ends, published } = await runBatch({ records, decide: writeName });

  expect(ends).toEqual(["processed", "deadLettered MALFORMED_PAYLOAD"]);
  expect(published).toHaveLength(1);
});
