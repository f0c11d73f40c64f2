import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestOutbox, expectedOf, keys, offsets, soon, type TestOutbox } from "./outbox/outbox.ts";

let outbox: TestOutbox;
beforeEach(async () => {
  outbox = await createTestOutbox();
});
afterEach(() => outbox?.close());

test("three relays at once, while items are put, lose nothing, and each event's first place is in its key's order", async () => {
  const relays = [outbox.relay(), outbox.relay(), outbox.relay()];
  let done = false;
  const sweeps = relays.map(async (one) => {
    while (!done) await one.sweep({ olderThanMs: 0, deadline: soon() });
  });
  const [first] = relays;
  await Promise.all(
    keys.map(async (key) => {
      for (const offset of offsets) await first?.relayKeys([await outbox.put(key, offset)], soon());
    }),
  );
  done = true;
  await Promise.all(sweeps);
  await outbox.relay().sweep({ olderThanMs: 0, deadline: soon() });

  const { byKey, ids } = await outbox.logged();
  expect(await outbox.itemsLeft()).toBe(0);
  for (const key of keys) expect([...new Set(byKey.get(key))]).toEqual(expectedOf(key));
  expect([...ids.values()].every((of) => of.size === 1)).toBe(true);
});
