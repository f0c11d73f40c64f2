import * as v from "valibot";
import type { IdempotencyStore } from "../idempotency/index.ts";
import { parseOptions } from "../options/index.ts";
import { type BatchRequest, batchOf } from "../processing/index.ts";

export interface IdempotencyOptions {
  readonly store: IdempotencyStore;
  /** Who has seen the event; another group sees it on its own. `[a-zA-Z0-9._-]`, 1–200 characters. */
  readonly consumerGroup: string;
  /**
   * Seconds that a claim lives, and what is noted down of a record that failed, 1 or more: at least the retention of the
   * source topic and of its dead-letter topic together, since an event may come again for as long.
   */
  readonly ttlSeconds: number;
}

const optionsSchema = v.strictObject({
  store: v.custom<IdempotencyStore>(
    (store) => typeof store === "object" && store !== null && "transact" in store,
    "must be an idempotency store",
  ),
  consumerGroup: v.pipe(
    v.string(),
    v.regex(/^[a-zA-Z0-9._-]{1,200}$/, "must be 1–200 of a-z, A-Z, 0-9, '.', '_', '-'"),
  ),
  ttlSeconds: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

/**
 * Says where and how long it is known that an event has taken effect. The engine commits each claim in one transaction
 * with the effects of its event.
 *
 * @throws BackboneError INVALID_OPTIONS
 */
export function idempotency(options: IdempotencyOptions) {
  const claims = parseOptions("idempotency", optionsSchema, options);

  function idempotencyBefore(request: BatchRequest): void {
    batchOf(request).claims = claims;
  }

  return { before: idempotencyBefore };
}
