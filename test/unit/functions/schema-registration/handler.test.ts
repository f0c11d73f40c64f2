import { afterEach, beforeEach, expect, test, vi } from "vitest";

// The pauses between attempts pass at once.
vi.mock("node:timers/promises", () => ({
  setTimeout: async (ms: number) => {
    vi.advanceTimersByTime(ms);
  },
}));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  vi.resetModules();
  vi.stubEnv("SCHEMA_REGISTRY_URL", "http://registry:8080/apis/ccompat/v7");
  vi.stubEnv("ORDER_EVENTS_TOPIC", "order-events");
  vi.stubEnv("INVENTORY_EVENTS_TOPIC", "inventory-events");
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** The function in front of a registry that is away for so long. */
async function register(awayMs: number) {
  const startedAt = performance.now();
  vi.stubGlobal("fetch", async () =>
    performance.now() - startedAt < awayMs ? new Response("", { status: 503 }) : Response.json({ id: 7 }),
  );
  const { handler } = await import("../../../../functions/schema-registration/handler.ts");
  return handler().finally(() => expect(performance.now() - startedAt).toBeLessThanOrEqual(45_000));
}

test("waits for a registry that is away for 40 s", async () => {
  const { registered } = await register(40_000);
  expect(registered.map(({ id }) => id)).toEqual([7, 7, 7]);
});

test("gives up with the registry's own error before Lambda ends it after 60 s", async () => {
  await expect(register(Number.POSITIVE_INFINITY)).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
});
