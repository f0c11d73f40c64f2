import { expect, test } from "vitest";
import { type Answer, json, registryThat } from "./stub-registry.ts";

const unknownId = json(404, { error_code: 40403, message: "Schema not found" });
const ids = Array.from({ length: 100 }, (_, id) => id);

test("16 requests run at once, and each id is asked for once however often it comes", async () => {
  let running = 0;
  let most = 0;
  const counted: typeof fetch = async (...request) => {
    most = Math.max(most, ++running);
    return fetch(...request).finally(() => running--);
  };
  const { registry, requests } = await registryThat(unknownId, { timeoutMs: 30_000, fetch: counted });
  for (const delivery of [[...ids, ...ids], ids]) {
    const outcomes = await Promise.allSettled(delivery.map((id) => registry.schemaById(id)));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: "SCHEMA_NOT_FOUND" } });
  }
  expect(requests).toHaveLength(ids.length);
  expect(most).toBe(16);
});

test("those that fail leave their turn to the others", async () => {
  const { registry } = await registryThat(
    (request, response) => {
      const known = Number(request.url?.split("/").at(-1)) % 2 === 0;
      if (known) json(200, { schema: '"string"' })(request, response);
      else request.socket.destroy();
    },
    { attempts: 1, timeoutMs: 30_000 },
  );
  const outcomes = await Promise.allSettled(ids.map((id) => registry.schemaById(id)));
  expect(outcomes.map(({ status }) => status)).toEqual(ids.map((id) => (id % 2 === 0 ? "fulfilled" : "rejected")));
});

test("what gets no turn within timeoutMs is REGISTRY_UNAVAILABLE, most of it never sent", async () => {
  const silent: Answer = () => {};
  const { registry, requests } = await registryThat(silent, { timeoutMs: 300, attemptTimeoutMs: 60_000 });
  const outcomes = await Promise.allSettled(ids.map((id) => registry.schemaById(id)));
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "REGISTRY_UNAVAILABLE", retriable: true } });
  }
  // A turn that comes with the last millisecond is still taken.
  expect(requests.length).toBeLessThan(ids.length);
});
