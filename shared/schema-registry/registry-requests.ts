import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { withCauses } from "../causes.ts";
import { BackboneError } from "../errors.ts";
import { createRequestSlots } from "./request-slots.ts";

export interface RegistryRequestsOptions {
  readonly url: string;
  readonly authorization: string | undefined;
  readonly timeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly attempts: number;
  readonly backoffMs: number;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

/**
 * Asks the registry: GET without a body, POST with one. The answer has to fit the schema.
 *
 * @param deadline by the clock of the options. @default in `timeoutMs`
 */
export type RegistryRequest = <T>(
  path: string,
  answer: v.GenericSchema<unknown, T>,
  body?: object,
  deadline?: number,
) => Promise<T>;

type Attempt = { readonly text: string } | { readonly failure: BackboneError; readonly retryAfterMs: number | "never" };

const contentType = "application/vnd.schemaregistry.v1+json";
const maxBackoffMs = 1_000;
// A batch may bring as many schema ids as records, and what it asks for is not to be the registry's undoing.
const maxAtOnce = 16;
const errorAnswer = v.object({ error_code: v.number(), message: v.optional(v.string(), "") });
const maxShownLength = 300;

/**
 * Requests with bounded retries for what can pass: a network that fails, no answer in time, 429, 5xx. Between two
 * attempts lies a random time up to a step that doubles from `backoffMs` to 1 s, or what Retry-After asks for; what does
 * not fit into `timeoutMs` any more is not waited for. 16 requests run at once; the others wait for their turn, within
 * their `timeoutMs` too.
 */
export function createRegistryRequests(options: RegistryRequestsOptions): RegistryRequest {
  const { url, authorization, timeoutMs, attemptTimeoutMs, attempts, backoffMs, fetch: send, now } = options;
  const { host } = new URL(url);
  const headers = {
    accept: `${contentType}, application/json`,
    "content-type": contentType,
    ...(authorization === undefined ? {} : { authorization }),
  };

  const slots = createRequestSlots(maxAtOnce);

  async function attempt(request: string, path: string, body: object | undefined, limitMs: number): Promise<Attempt> {
    try {
      const response = await send(`${url}${path}`, {
        headers,
        signal: AbortSignal.timeout(Math.ceil(limitMs)),
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (response.ok) return { text };
      const canPass = response.status >= 500 || response.status === 429 || response.status === 408;
      const retryAfterMs = canPass ? retryAfter(response.headers.get("retry-after")) : "never";
      return { failure: refusal(request, response.status, text, body), retryAfterMs };
    } catch (cause) {
      const message = `schema registry at ${host} did not answer ${request}: ${innermostReason(cause)}`;
      return { failure: new BackboneError("REGISTRY_UNAVAILABLE", message, { cause }), retryAfterMs: 0 };
    }
  }

  async function attemptInTurn(request: string, path: string, body: object | undefined, deadline: number) {
    const inTurn = await slots.take(deadline - now());
    try {
      const leftMs = deadline - now();
      if (!inTurn || leftMs <= 0) {
        throw new BackboneError("REGISTRY_UNAVAILABLE", `no time was left to ask the schema registry ${request}`);
      }
      return await attempt(request, path, body, Math.min(attemptTimeoutMs, leftMs));
    } finally {
      if (inTurn) slots.giveBack();
    }
  }

  return async (path, answer, body, deadline = now() + timeoutMs) => {
    const request = `${body === undefined ? "GET" : "POST"} ${path}`;
    for (let count = 1; ; count++) {
      const outcome = await attemptInTurn(request, path, body, deadline);
      if ("text" in outcome) {
        const result = v.safeParse(answer, parseJson(outcome.text));
        if (result.success) return result.output;
        throw new BackboneError("REGISTRY_UNAVAILABLE", `schema registry gave no usable answer to ${request}`);
      }
      if (count >= attempts || outcome.retryAfterMs === "never") throw outcome.failure;
      const stepMs = Math.min(backoffMs * 2 ** (count - 1), maxBackoffMs);
      const waitMs = Math.max(Math.random() * stepMs, outcome.retryAfterMs);
      if (now() + waitMs >= deadline) throw outcome.failure;
      await sleep(waitMs);
    }
  };
}

/** Code or name of what lies at the bottom of it: fetch itself says "fetch failed" of everything. */
function innermostReason(error: unknown): string {
  const innermost = withCauses(error).at(-1);
  if (innermost === undefined) return typeof error;
  return "code" in innermost && typeof innermost.code === "string" ? innermost.code : innermost.name;
}

/** Seconds of a Retry-After header, in milliseconds; a date, which registries do not send, counts as none. */
function retryAfter(header: string | null): number {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : 0;
}

/**
 * What a refusal means. Only the registry's own "not found" (error codes 404xx) says that a schema is unknown: a 404 of
 * a proxy or of a wrong path (error code 404) does not. Only a schema that was handed over can be refused. Whatever else
 * is refused (401, 403, 429) lies with the surroundings, not with the record, and must not dead-letter it.
 *
 * @see https://docs.confluent.io/platform/current/schema-registry/develop/api.html#errors
 */
function refusal(request: string, status: number, text: string, body: object | undefined): BackboneError {
  const answer = v.safeParse(errorAnswer, parseJson(text));
  const errorCode = answer.success ? answer.output.error_code : undefined;
  const message = `schema registry answered ${status} (error code ${errorCode ?? "none"}) to ${request}`;
  if (status === 404 && errorCode !== undefined && /^404\d\d$/.test(`${errorCode}`)) {
    return new BackboneError("SCHEMA_NOT_FOUND", message);
  }
  const isOfSchema = body !== undefined && (status === 409 || status === 422);
  if (!isOfSchema) return new BackboneError("REGISTRY_UNAVAILABLE", message);
  // Why a schema is refused only the registry can say.
  const reason = answer.success ? answer.output.message.slice(0, maxShownLength) : "";
  return new BackboneError("SCHEMA_MISMATCH", `${message}${reason && `: ${reason}`}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
