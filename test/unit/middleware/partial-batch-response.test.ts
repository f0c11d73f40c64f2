import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import { partialBatchResponse } from "../../../shared/middleware/index.ts";
import { batchOfEvent, type DecodedRecord, type RecordOutcome } from "../../../shared/processing/index.ts";

function outcome(key: string | null, offset: number, isUnfinished: boolean, partition = 0): RecordOutcome {
  const error = new BackboneError("DATABASE_UNAVAILABLE", "away");
  const bytes = key === null ? null : Buffer.from(key);
  const source = { topic: "my-topic", partition, offset, timestampMs: 0, key: bytes, value: null, headers: [] };
  const record: DecodedRecord = { status: "failed", source, error };
  return isUnfinished ? { record, status: "unfinished", error } : { record, status: "processed" };
}

/** Runs the middleware around a handler that leaves these outcomes. */
function respond(outcomes: readonly RecordOutcome[] | undefined, reportBatchItemFailures = true) {
  const handler = middy<unknown, unknown>()
    .use(partialBatchResponse({ reportBatchItemFailures }))
    .handler(async (event) => {
      const batch = batchOfEvent(event);
      if (batch && outcomes) {
        batch.records = outcomes.map(({ record }) => record);
        batch.outcomes = outcomes;
      }
    });
  return handler({}, {} as Context);
}

const failure = (offset: number, partition = 0) => ({
  itemIdentifier: { partition: `my-topic-${partition}`, offset },
});

describe("partialBatchResponse", () => {
  test("answers an empty list when everything is done", async () => {
    expect(await respond([outcome("a", 1, false)])).toEqual({ batchItemFailures: [] });
  });

  test("lists unfinished records and every later one of their key in that partition, done or not", async () => {
    const outcomes = [
      outcome("a", 1, false),
      outcome("a", 2, true),
      outcome("b", 3, false),
      outcome("a", 4, false),
      outcome("a", 5, false, 1),
    ];
    expect(await respond(outcomes)).toEqual({ batchItemFailures: [failure(2), failure(4)] });
  });

  test("of records without a key lists the unfinished ones alone", async () => {
    const outcomes = [outcome(null, 1, true), outcome(null, 2, false), outcome(null, 3, true)];
    expect(await respond(outcomes)).toEqual({ batchItemFailures: [failure(1), failure(3)] });
  });

  test("throws when anything is unfinished and the mapping has no partial batch response", async () => {
    const outcomes = [outcome("a", 1, true), outcome("b", 2, false)];
    await expect(respond(outcomes, false)).rejects.toMatchObject({
      code: "DATABASE_UNAVAILABLE",
      message:
        "1 of 2 records are unfinished, the whole batch comes again since reportBatchItemFailures is false; first: away",
    });
    expect(await respond([outcome("a", 1, false)], false)).toEqual({ batchItemFailures: [] });
  });

  test("throws rather than commit records that nobody accounted for", async () => {
    await expect(respond(undefined)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  });

  test("lets an error of the handler through", async () => {
    const handler = middy()
      .use(partialBatchResponse({ reportBatchItemFailures: true }))
      .handler(async () => {
        throw new Error("broken");
      });
    await expect(handler({}, {} as Context)).rejects.toThrow("broken");
  });

  test("has to be told what the mapping does, and refuses unknown options: INVALID_OPTIONS", () => {
    expect(() => partialBatchResponse({} as never)).toThrow(/reportBatchItemFailures: /);
    expect(() => partialBatchResponse({ reportBatchItemFailures: "true" } as never)).toThrow(/must say whether/);
    expect(() => partialBatchResponse({ reportBatchItemFailures: true, enabled: true } as never)).toThrow(
      /^wrong options for partialBatchResponse: enabled: /,
    );
  });
});
