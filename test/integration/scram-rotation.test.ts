import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { awaitBrokers } from "../../functions/scram-rotation/await-brokers.ts";
import { kafkaBrokers } from "../../functions/scram-rotation/kafka-brokers.ts";
import { startTestBroker, type TestBroker } from "./running-broker.ts";

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker({}, ["rotated", "wrong"]);
});
afterAll(() => broker.stop());

test("waits while the broker takes the old password, and ends when it takes the new one", async () => {
  const old = broker.credentialsOf("rotated");
  const changed = { ...old, password: "N3w".padEnd(32, "x") };
  const refusals: string[] = [];
  let change: Promise<void> | undefined;

  await kafkaBrokers.logIn(broker.address, old);
  await awaitBrokers({
    brokers: {
      ...kafkaBrokers,
      logIn: (address, credentials) =>
        kafkaBrokers.logIn(address, credentials).catch((error: Error) => {
          refusals.push(error.message);
          throw error;
        }),
    },
    bootstrap: [broker.address],
    credentials: changed,
    remainingMs: () => 60_000,
    pause: () => setImmediate(),
    checkStillWanted: async () => {
      // What MSK does some time after the label has moved.
      change ??= broker.setPassword("rotated", changed.password);
    },
  });
  await change;

  expect(refusals.length).toBeGreaterThan(0);
  for (const refusal of refusals) expect(refusal).toMatch(/authentication failed/i);
  await expect(kafkaBrokers.logIn(broker.address, old)).rejects.toThrow(/authentication failed/i);
});

test("without any ACL, it learns all brokers of the cluster", async () => {
  expect(await kafkaBrokers.list(broker.address, broker.credentialsOf("wrong"))).toEqual([broker.address]);
});

test("the error of a password that is never taken names the broker and neither password nor proof", async () => {
  const credentials = { username: "wrong", password: "never-taken" };
  const waiting = awaitBrokers({
    brokers: kafkaBrokers,
    bootstrap: [broker.address],
    credentials,
    remainingMs: () => 0,
    pause: async () => {},
    checkStillWanted: async () => {},
  });

  await expect(waiting).rejects.toMatchObject({
    code: "KAFKA_UNAVAILABLE",
    retriable: true,
    message: expect.stringContaining(`${broker.address} (`),
  });
  await expect(waiting).rejects.not.toThrow(/never-taken/);
});
