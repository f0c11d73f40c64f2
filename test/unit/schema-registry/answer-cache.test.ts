import { expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import { createAnswerCache } from "../../../shared/schema-registry/answer-cache.ts";

/** A cache of a registry that knows nothing, and how many times that one was asked. */
function unknowing() {
  const cache = createAnswerCache<never>({ unknownTtlMs: 1, now: () => 0 });
  let asked = 0;
  const load = async (): Promise<never> => {
    asked++;
    throw new BackboneError("SCHEMA_NOT_FOUND", "unknown");
  };
  const ask = async (keys: readonly number[]) => {
    const before = asked;
    await Promise.allSettled(keys.map((key) => cache.get(key, load)));
    return asked - before;
  };
  return { ask };
}

const batch = Array.from({ length: 10_000 }, (_, id) => id);

test("a batch of nothing but unknown ids that comes again asks nothing again", async () => {
  const { ask } = unknowing();
  expect(await ask(batch)).toBe(10_000);
  expect(await ask(batch)).toBe(0);
});

test("the unknown that was met first is forgotten when 10,000 others are remembered", async () => {
  const { ask } = unknowing();
  await ask([...batch, 10_000]);
  expect(await ask([1])).toBe(0);
  expect(await ask([0])).toBe(1);
});
