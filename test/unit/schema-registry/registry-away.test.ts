import { describe, expect, test } from "vitest";
import { type Answer, json, registryThat, stopRegistry } from "./stub-registry.ts";

const answered = json(200, { schema: '"string"' });
const away = { code: "REGISTRY_UNAVAILABLE", retriable: true };
const cut: Answer = (request) => request.socket.destroy();
const silent: Answer = () => {};
const halfAnswer: Answer = (_, response) => void response.writeHead(200).write('{"schema":');

describe("what can pass is tried again", () => {
  test.each<[string, Answer, { attemptTimeoutMs: number }?]>([
    ["a connection that is cut", cut],
    ["too many requests", json(429, {})],
    ["a fault of the server", json(500, { error_code: 50001 })],
    ["a proxy without a registry behind it", json(503, "<html>")],
    ["no answer in time", silent, { attemptTimeoutMs: 1_500 }],
    ["an answer that stops in the middle", halfAnswer, { attemptTimeoutMs: 1_500 }],
  ])("%s", async (_, trouble, options) => {
    const { registry, requests } = await registryThat([trouble, trouble, answered], options);
    expect(await registry.schemaById(7)).toMatchObject({ schema: '"string"' });
    expect(requests).toHaveLength(3);
  });

  test("as often as `attempts` says, and is REGISTRY_UNAVAILABLE then", async () => {
    const { registry, requests } = await registryThat(json(503, {}), { attempts: 4 });
    await expect(registry.schemaById(7)).rejects.toMatchObject(away);
    expect(requests).toHaveLength(4);
  });

  test("not before the time that Retry-After names", async () => {
    const { registry } = await registryThat([json(429, {}, { "retry-after": "1" }), answered]);
    const startedAt = performance.now();
    await registry.schemaById(7);
    expect(performance.now() - startedAt).toBeGreaterThan(950);
  });
});

describe("a call ends within timeoutMs", () => {
  test("with a registry that never answers", async () => {
    // A hundred attempts would take 10 s.
    const { registry, requests } = await registryThat(silent, { timeoutMs: 250, attemptTimeoutMs: 100, attempts: 100 });
    const startedAt = performance.now();
    await expect(registry.schemaById(7)).rejects.toMatchObject(away);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(requests.length).toBeLessThanOrEqual(3);
  });

  test("with a registry that asks for more patience: at once", async () => {
    const { registry, requests } = await registryThat(json(503, {}, { "retry-after": "30" }));
    await expect(registry.schemaById(7)).rejects.toMatchObject(away);
    expect(requests).toHaveLength(1);
  });
});

test("a registry that does not listen is REGISTRY_UNAVAILABLE", async () => {
  const { registry } = await registryThat(answered);
  await stopRegistry();
  await expect(registry.schemaById(7)).rejects.toMatchObject(away);
});

describe("names the registry and the reason, and no credentials", () => {
  const credentials = { username: "orders", password: "geheim" };
  const failed = (cause: unknown) => new TypeError("fetch failed", { cause });

  test.each<[string, unknown]>([
    ["ECONNREFUSED", failed(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }))],
    ["ENOTFOUND", failed(Object.assign(new Error("getaddrinfo ENOTFOUND registry"), { code: "ENOTFOUND" }))],
    ["TimeoutError", new DOMException("The operation was aborted due to timeout", "TimeoutError")],
    ["TypeError", new TypeError("orders:geheim")],
    ["string", "geheim"],
  ])("%s", async (reason, error) => {
    const { registry, url } = await registryThat(answered, {
      credentials,
      attempts: 1,
      fetch: () => Promise.reject(error),
    });
    await expect(registry.schemaById(7)).rejects.toThrow(
      new RegExp(`^schema registry at ${new URL(url).host} did not answer GET /schemas/ids/7: ${reason}$`),
    );
  });
});
