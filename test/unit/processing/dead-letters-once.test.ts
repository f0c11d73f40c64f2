import { expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import { type Decide, type DecodedRecord, eachRecord } from "../../../shared/processing/index.ts";
import { MemoryStore } from "../../../shared/testing/index.ts";
import { awsError } from "./answers.ts";
import { decoded, failed, type Order, type Run, runBatch } from "./run-batch.ts";

const throwing = () => {
  throw new Error("always");
};
const malformed = new BackboneError("MALFORMED_PAYLOAD", "cut short");
const waiting = new BackboneError("SCHEMA_NOT_FOUND", "not yet");

/** How each delivery of the same batch ended, and what was published in it. */
async function deliverTimes(times: number, run: Run) {
  const store = run.store ?? new MemoryStore();
  const ends: string[][] = [];
  const published: string[][] = [];
  for (let delivery = 0; delivery < times; delivery++) {
    const one = await runBatch({ ...run, store });
    ends.push(one.ends);
    published.push(one.published.map(({ error }) => error.code));
  }
  return { ends, published, store };
}

const decide: Decide<Order> = ({ id }) => {
  if (id === "violates") throw new BackboneError("RULE_VIOLATED", "no such customer");
  return throwing();
};

test.each<[string, Pick<Run, "handlerOf">]>([
  ["returned effects", {}],
  [
    "effects outside",
    {
      handlerOf: (options) =>
        eachRecord<Order>((event, record) => void decide(event, record), { ...options, effects: "external" }),
    },
  ],
])("a batch that comes again whole leaves one dead letter a record, with %s", async (_name, form) => {
  const records = [
    failed({ id: "waits" }, waiting),
    decoded({ id: "throws" }),
    failed({ id: "malformed" }, malformed),
    decoded({ id: "violates" }),
  ];

  const { ends, published } = await deliverTimes(5, { records, decide, maxAttempts: 2, ...form });

  expect(published.map((codes) => codes.toSorted())).toEqual([
    ["HANDLER_FAILED", "MALFORMED_PAYLOAD", "RULE_VIOLATED"],
    ...Array(4).fill([]),
  ]);
  expect(ends).toEqual([
    [
      "unfinished SCHEMA_NOT_FOUND",
      "deadLettered HANDLER_FAILED",
      "deadLettered MALFORMED_PAYLOAD",
      "deadLettered RULE_VIOLATED",
    ],
    ...Array(4).fill(["unfinished SCHEMA_NOT_FOUND", "duplicate", "duplicate", "duplicate"]),
  ]);
});

test("a record that is dead-lettered already costs one read when it comes again", async () => {
  let decisions = 0;
  const { store } = await deliverTimes(1, { records: [decoded({ id: "a", offset: 7 })], decide: throwing });
  const before = { lookUps: store.lookUps, claims: structuredClone(store.table("claims")) };

  const again = await runBatch({
    records: [decoded({ id: "a", offset: 7 })],
    decide: () => {
      decisions++;
      return throwing();
    },
    store,
  });

  expect(again.ends).toEqual(["duplicate"]);
  expect(decisions).toBe(1);
  expect(store.lookUps).toBe(before.lookUps + 1);
  expect(store.table("claims")).toEqual(before.claims);
});

test.each<[string, Partial<DecodedRecord["source"]>]>([
  ["time", { timestampMs: 1 }],
  ["key", { key: Buffer.from("other") }],
  ["value", { value: Buffer.from("other") }],
  ["headers", { headers: [["ce_id", Buffer.from("b")]] }],
])(
  "another record at its place, by its %s, as in a topic made anew, has its own attempts and dead letter",
  async (_name, other) => {
    const first = decoded({ id: "a", offset: 7 });
    const { store } = await deliverTimes(1, { records: [first], decide: throwing, maxAttempts: 2 });

    const record: DecodedRecord<Order> = { ...first, source: { ...first.source, ...other } };
    const { ends, published } = await deliverTimes(2, { records: [record], decide: throwing, maxAttempts: 2, store });

    expect(ends).toEqual([["deadLettered HANDLER_FAILED"], ["duplicate"]]);
    expect(published).toEqual([["HANDLER_FAILED"], []]);
    expect([...store.table("claims").values()]).toMatchObject([{ attempts: 2 }]);
  },
);

test("one that cannot be noted down is dead-lettered all the same, and said", async () => {
  const store = new MemoryStore();
  const records = [failed({ id: "a", offset: 7 }, malformed)];
  const writeFailures = store.writeFailures.bind(store);
  store.writeFailures = async () => {
    throw awsError("InternalServerError", 500);
  };
  const { ends, published, lines } = await runBatch({ records, decide, store, remainingMs: 1_000 });
  store.writeFailures = writeFailures;
  const again = await runBatch({ records, decide, store });

  expect(ends).toEqual(["deadLettered MALFORMED_PAYLOAD"]);
  expect(published).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    message: "dead letter not noted down",
    topic: "orders",
    partition: 0,
    offset: 7,
    code: "DATABASE_UNAVAILABLE",
    reason: "a read or the commit of the effects failed: InternalServerError",
  });
  expect(again.published).toHaveLength(1);
});

test("no dead letter without an answer to whether there is one", async () => {
  const store = new MemoryStore();
  store.failuresOf = async () => {
    throw awsError("InternalServerError", 500);
  };
  const records = [failed({ id: "a" }, malformed)];

  const { ends, published } = await runBatch({ records, decide, store, remainingMs: 1_000 });

  expect(ends).toEqual(["unfinished DATABASE_UNAVAILABLE"]);
  expect(published).toEqual([]);
});
