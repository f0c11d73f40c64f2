import { expect, test } from "vitest";
import { redriveRecord } from "../../../shared/dead-letter/index.ts";
import type { OutgoingRecord } from "../../../shared/kafka/index.ts";
import { inTopic, letterOf, original, read } from "./stored.ts";

function textsOf({ headers }: OutgoingRecord): Record<string, string> {
  return Object.fromEntries(headers.map(([name, value]) => [name, value.toString("utf8")]));
}

/** What comes back after so many rounds of failing and being redriven. */
function afterRounds(rounds: number): OutgoingRecord {
  let record: OutgoingRecord = original;
  for (let round = 1; round <= rounds; round++) {
    const failing = { ...original, ...record, offset: 41 + round };
    record = redriveRecord(read(inTopic(letterOf(failing, `2026-01-0${round}T00:00:00.000Z`))));
  }
  return record;
}

test("a redriven record is the original one with what says for whom it is, and its first failure", () => {
  const { key, value, headers } = afterRounds(1);

  expect({ key, value, headers: headers.slice(0, 4) }).toEqual({
    key: original.key,
    value: original.value,
    headers: original.headers,
  });
  expect(headers.slice(4).map(([name, text]) => [name, text.toString()])).toEqual([
    ["dlt-redrive-group", "inventory"],
    ["dlt-redrive-count", "1"],
    ["dlt-first-failed-at", "2026-01-01T00:00:00.000Z"],
    ["dlt-first-error-code", "RULE_VIOLATED"],
    ["dlt-first-record", "orders/3/42"],
  ]);
});

test("redriven time and again, it counts on, keeps its first failure and does not grow", () => {
  const record = afterRounds(9);

  expect(record.headers).toHaveLength(afterRounds(1).headers.length);
  expect(textsOf(record)).toMatchObject({
    "dlt-redrive-count": "9",
    "dlt-first-failed-at": "2026-01-01T00:00:00.000Z",
    "dlt-first-record": "orders/3/42",
  });
});

test("its next dead letter has the headers of the latest failure alone, and the first failure's note", () => {
  const failing = { ...original, ...afterRounds(2), offset: 44 };

  const letter = letterOf(failing, "2026-01-09T00:00:00.000Z");

  const names = letter.headers.map(([name]) => name).filter((name) => name.startsWith("dlt-"));
  expect(new Set(names).size).toBe(names.length);
  expect(names).not.toContain("dlt-redrive-group");
  expect(textsOf(letter)).toMatchObject({
    "dlt-original-offset": "44",
    "dlt-failed-at": "2026-01-09T00:00:00.000Z",
    "dlt-redrive-count": "2",
    "dlt-first-failed-at": "2026-01-01T00:00:00.000Z",
  });
});
