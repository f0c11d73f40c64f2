import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestOutbox, expectedOf, keys, offsets, soon, type TestOutbox } from "./outbox/outbox.ts";

let outbox: TestOutbox;
beforeEach(async () => {
  outbox = await createTestOutbox();
});
afterEach(() => outbox?.close());

/** Starts a relay, and kills it with -9 when its first deletion is due. */
async function relayKilledBeforeDeletion(): Promise<void> {
  const { parts, table } = outbox;
  const script = fileURLToPath(new URL("outbox/relaying-process.ts", import.meta.url));
  const child = spawn(process.execPath, [script, `127.0.0.1:${parts.brokerPort}`, String(parts.dynamoDbPort), table], {
    env: {
      PATH: process.env.PATH,
      NODE_EXTRA_CA_CERTS: parts.certificateFile,
      SCRAM_USERNAME: parts.credentials.username,
      SCRAM_PASSWORD: parts.credentials.password,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "close");
}

test("a relay that is killed between acknowledgement and deletion leaves repetitions of the same ids, in order", async () => {
  for (const offset of offsets) await Promise.all(keys.map((key) => outbox.put(key, offset)));
  await relayKilledBeforeDeletion();
  expect(await outbox.itemsLeft()).toBe(keys.length * offsets.length);

  await outbox.relay().sweep({ olderThanMs: 0, deadline: soon() });

  const { count, byKey, ids } = await outbox.logged();
  expect(await outbox.itemsLeft()).toBe(0);
  expect(count).toBeGreaterThan(keys.length * offsets.length * 2);
  for (const key of keys) expect([...new Set(byKey.get(key))]).toEqual(expectedOf(key));
  expect([...ids.values()].every((of) => of.size === 1)).toBe(true);
});
