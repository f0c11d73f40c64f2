import { BackboneError } from "../errors.ts";

/**
 * How many of those that the registry does not know are remembered; beyond it the oldest is forgotten. Unknown ids come
 * from values, so that anyone who may write to a topic can invent them: as many as the largest batch of a mapping has.
 */
const maxUnknown = 10_000;

export interface AnswerCacheOptions {
  /** How long it is remembered that the registry does not know something, in milliseconds; 0: not at all. */
  readonly unknownTtlMs: number;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
}

export interface AnswerCache<T> {
  /** The answer for a key: a kept one, one that is on its way, or a new one. */
  get(key: string | number, load: () => Promise<T>): Promise<T>;
  /** What became known in another way. */
  set(key: string | number, answer: T): void;
}

/**
 * Answers of a registry: kept for ever, one request for all who wait for the same. SCHEMA_NOT_FOUND is kept for a short
 * time, so that a batch of records with an unknown id, redelivered again and again, does not become a storm of requests;
 * any other failure is forgotten at once.
 */
export function createAnswerCache<T>(options: AnswerCacheOptions): AnswerCache<T> {
  const { unknownTtlMs, now } = options;
  const answers = new Map<string | number, Promise<T>>();
  const unknown = new Map<string | number, { readonly error: BackboneError; readonly untilMs: number }>();

  function remember(key: string | number, error: BackboneError): void {
    unknown.delete(key);
    unknown.set(key, { error, untilMs: now() + unknownTtlMs });
    const [oldest] = unknown.keys();
    if (unknown.size > maxUnknown && oldest !== undefined) unknown.delete(oldest);
  }

  return {
    get(key, load) {
      const present = answers.get(key);
      if (present !== undefined) return present;
      const missing = unknown.get(key);
      if (missing !== undefined && now() < missing.untilMs) return Promise.reject(missing.error);
      const loading = load();
      answers.set(key, loading);
      loading.catch((error) => {
        if (answers.get(key) === loading) answers.delete(key);
        if (error instanceof BackboneError && error.code === "SCHEMA_NOT_FOUND") remember(key, error);
      });
      return loading;
    },
    set(key, answer) {
      unknown.delete(key);
      answers.set(key, Promise.resolve(answer));
    },
  };
}
