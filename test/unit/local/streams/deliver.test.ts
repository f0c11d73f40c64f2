import type { DynamoDBRecord } from "aws-lambda";
import { describe, expect, test } from "vitest";
import type { InvocationResult } from "../../../../local/lambda/messages.ts";
import { deliver } from "../../../../local/streams/deliver.ts";
import type { StreamDefinition } from "../../../../local/streams/stream-definition.ts";
import { fakeFunction } from "../fake-function.ts";

const crash: InvocationResult = { ok: false, error: { errorType: "Error", errorMessage: "boom" } };
const answer = (payload: unknown): InvocationResult => ({ ok: true, payload });
const failing = (sequenceNumber: number) => answer({ batchItemFailures: [{ itemIdentifier: String(sequenceNumber) }] });

function record(sequenceNumber: number, key = "k"): DynamoDBRecord {
  return { eventName: "INSERT", dynamodb: { Keys: { id: { S: key } }, SequenceNumber: String(sequenceNumber) } };
}

/** Delivers the records to a function that answers each batch, of sequence numbers. */
async function deliverTo(
  records: readonly DynamoDBRecord[],
  answerTo: (batch: number[]) => InvocationResult | Promise<InvocationResult>,
  changes: Partial<StreamDefinition> = {},
) {
  const batches: number[][] = [];
  const ends: string[] = [];
  const definition: StreamDefinition = {
    id: "Mapping",
    table: "outbox",
    functionName: "relay",
    startingPosition: "TRIM_HORIZON",
    batchSize: 10,
    parallelizationFactor: 1,
    reportsBatchItemFailures: true,
    bisects: false,
    maxRetries: 3,
    wants: () => true,
    enabled: true,
    ...changes,
  };
  const invoked = fakeFunction((event) => {
    const { Records } = event as { Records: DynamoDBRecord[] };
    const batch = Records.map(({ dynamodb }) => Number(dynamodb?.SequenceNumber));
    batches.push(batch);
    return answerTo(batch);
  });
  await deliver(records, {
    definition,
    function: invoked,
    stopping: new AbortController().signal,
    onFailure: ({ records: count, end }) => ends.push(`${count} ${end}`),
    firstPauseMs: 1,
  });
  return { batches, ends };
}

describe("records of a stream", () => {
  test("are handed over in batches of the mapping's size, one after the other", async () => {
    const { batches } = await deliverTo(
      [1, 2, 3, 4, 5].map((n) => record(n)),
      () => answer(null),
      { batchSize: 2 },
    );

    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  test("that the filter leaves out are not handed over", async () => {
    const wants = (one: unknown) => (one as DynamoDBRecord).dynamodb?.SequenceNumber !== "2";

    const { batches } = await deliverTo(
      [1, 2, 3].map((n) => record(n)),
      () => answer(null),
      { wants },
    );

    expect(batches).toEqual([[1, 3]]);
  });

  test("of different items go side by side as far as the mapping allows, those of one item in order", async () => {
    const records = Array.from({ length: 40 }, (_, index) => record(index, `k${index % 8}`));
    let [flying, most] = [0, 0];
    const slow = async () => {
      most = Math.max(most, ++flying);
      await new Promise(setImmediate);
      flying--;
      return answer(null);
    };

    const { batches } = await deliverTo(records, slow, { parallelizationFactor: 4, batchSize: 1 });

    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
    for (let item = 0; item < 8; item++) {
      const order = batches.flat().filter((n) => n % 8 === item);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
  });
});

describe("a batch that fails", () => {
  test("comes again from the lowest reported sequence number on", async () => {
    let calls = 0;
    const { batches, ends } = await deliverTo(
      [1, 2, 3].map((n) => record(n)),
      () => (calls++ === 0 ? failing(2) : answer({})),
    );

    expect(batches).toEqual([
      [1, 2, 3],
      [2, 3],
    ]);
    expect(ends).toEqual(["2 comes again"]);
  });

  test.each([
    ["a sequence number of no record", failing(9)],
    ["no identifiers", answer({ batchItemFailures: [{}] })],
    ["an error", crash],
  ])("comes again whole after %s", async (_name, first) => {
    let calls = 0;
    const { batches } = await deliverTo([record(1), record(2)], () => (calls++ === 0 ? first : answer({})));

    expect(batches).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  test("is given up after the mapping's retries, and what follows is handed over", async () => {
    const { batches, ends } = await deliverTo(
      [record(1), record(2)],
      ([first]) => (first === 1 ? crash : answer(null)),
      {
        batchSize: 1,
        maxRetries: 2,
      },
    );

    expect(batches).toEqual([[1], [1], [1], [2]]);
    expect(ends).toEqual(["1 comes again", "1 comes again", "1 is given up"]);
  });

  test("comes again in halves, until the record that fails is alone", async () => {
    const { batches, ends } = await deliverTo(
      [1, 2, 3, 4].map((n) => record(n)),
      (batch) => (batch.includes(3) ? crash : answer(null)),
      { bisects: true, maxRetries: 0 },
    );

    expect(batches).toEqual([[1, 2, 3, 4], [1, 2], [3, 4], [3], [4]]);
    expect(ends).toEqual(["4 comes again", "2 comes again", "1 is given up"]);
  });
});
