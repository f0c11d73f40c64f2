import { describe, expect, it } from "vitest";
import { compileRecordFilter } from "../../../../local/mapping/record-filter.ts";
import type { MskRecord } from "../../../../shared/msk-event/index.ts";

function recordOf(value: string | Buffer | undefined): MskRecord {
  const place = { topic: "orders", partition: 0, offset: 1, timestamp: 0, timestampType: "CREATE_TIME" } as const;
  return value === undefined ? place : { ...place, value: Buffer.from(value).toString("base64") };
}

const germanOrders = '{"value":{"address":{"country":["DE"]}}}';

describe("compileRecordFilter", () => {
  it.each<[string, string[], string | Buffer | undefined, boolean]>([
    ["no pattern: every record", [], "{}", true],
    ["JSON that has the value", [germanOrders], '{"address":{"country":"DE"}}', true],
    ["JSON that has another value", [germanOrders], '{"address":{"country":"FR"}}', false],
    ["JSON without the field", [germanOrders], "{}", false],
    ["a list, one of whose elements is the value", ['{"value":{"tags":["vip"]}}'], '{"tags":["new","vip"]}', true],
    ["a list without the value", ['{"value":{"tags":["vip"]}}'], '{"tags":["new"]}', false],
    ["an empty list", ['{"value":{"tags":["vip"]}}'], '{"tags":[]}', false],
    [
      "a list of objects, one of which matches",
      [germanOrders],
      '{"address":[{"country":"FR"},{"country":"DE"}]}',
      true,
    ],
    [
      "a list of objects that match only together",
      ['{"value":{"items":{"sku":["a"],"size":["L"]}}}'],
      '{"items":[{"sku":"a","size":"S"},{"sku":"b","size":"L"}]}',
      false,
    ],
    ["JSON for which the second pattern holds", [germanOrders, '{"value":{"vip":[true]}}'], '{"vip":true}', true],
    ["text that is one of the pattern's", ['{"value":["ping"]}'], "ping", true],
    ["text that is none of the pattern's", ['{"value":["ping"]}'], "pong", false],
    ["text, for a pattern of JSON: let through", [germanOrders], "pong", true],
    ["JSON, for a pattern of text: let through", ['{"value":["ping"]}'], "{}", true],
    ["bytes that are no text: let through", [germanOrders], Buffer.from([0, 0, 0, 0, 1, 0xff]), true],
    ["a tombstone: let through", [germanOrders], undefined, true],
  ])("%s", (_, patterns, value, isWanted) => {
    expect(compileRecordFilter(patterns)(recordOf(value))).toBe(isWanted);
  });

  it.each([
    ["what is no JSON", '{"value":'],
    ["a comparison", '{"value":{"total":[{"numeric":[">",1]}]}}'],
    ["a key, which no pattern can be about without a schema registry", '{"key":["1"]}'],
  ])("refuses %s", (_, pattern) => {
    expect(() => compileRecordFilter([pattern])).toThrow(expect.objectContaining({ code: "TEMPLATE_UNSUPPORTED" }));
  });
});
