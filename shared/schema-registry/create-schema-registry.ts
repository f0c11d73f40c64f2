import * as v from "valibot";
import { BackboneError } from "../errors.ts";
import type { SchemaRegistry } from "./registry.ts";

export interface SchemaRegistryOptions {
  /** Base URL of the Confluent API, without a trailing slash, e.g. `http://registry:8080/apis/ccompat/v7`. */
  readonly url: string;
  /**
   * Time of one request until the end of its answer, in milliseconds.
   *
   * @default 5000
   */
  readonly timeoutMs?: number;
  /** @default the global fetch */
  readonly fetch?: typeof fetch;
}

const idAnswer = v.object({ id: v.pipe(v.number(), v.integer(), v.minValue(0)) });
const schemaAnswer = v.object({ schema: v.string() });
const errorAnswer = v.object({ error_code: v.number() });

/**
 * A client of the Confluent Schema Registry API (Confluent, Karapace, Apicurio).
 *
 * Answers are kept for ever, since an id never changes its meaning; waiters for one answer share one request; failures
 * are not kept. It does not retry: its errors are retriable, and the record or the request comes again.
 *
 * @see https://docs.confluent.io/platform/current/schema-registry/develop/api.html
 */
export function createSchemaRegistry(options: SchemaRegistryOptions): SchemaRegistry {
  const { url, timeoutMs = 5_000, fetch: send = fetch } = options;
  const schemas = new Map<number, Promise<string>>();
  const ids = new WeakMap<object, Map<string, Promise<number>>>();

  async function ask<T>(path: string, answer: v.GenericSchema<unknown, T>, body?: object): Promise<T> {
    const request = `${body === undefined ? "GET" : "POST"} ${path}`;
    let response: Response;
    let text: string;
    try {
      const contentType = "application/vnd.schemaregistry.v1+json";
      response = await send(`${url}${path}`, {
        headers: { accept: `${contentType}, application/json`, "content-type": contentType },
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (cause) {
      throw new BackboneError("REGISTRY_UNAVAILABLE", `schema registry did not answer ${request}`, { cause });
    }
    if (!response.ok) throw refusal(request, response.status, text);
    const result = v.safeParse(answer, parseJson(text));
    if (result.success) return result.output;
    throw new BackboneError("REGISTRY_UNAVAILABLE", `schema registry gave no usable answer to ${request}`);
  }

  return {
    schemaById(id) {
      return kept(schemas, id, async () => (await ask(`/schemas/ids/${id}`, schemaAnswer)).schema);
    },
    idOf(subject, schema) {
      const bySubject = ids.get(schema) ?? new Map<string, Promise<number>>();
      ids.set(schema, bySubject);
      const path = `/subjects/${encodeURIComponent(subject)}`;
      return kept(bySubject, subject, async () => (await ask(path, idAnswer, schemaBody(schema))).id);
    },
    async register(subject, schema) {
      return (await ask(`/subjects/${encodeURIComponent(subject)}/versions`, idAnswer, schemaBody(schema))).id;
    },
  };
}

function schemaBody(schema: object): object {
  return { schema: JSON.stringify(schema) };
}

/** One request for all who wait for the same answer; a failed one is forgotten, so that the next caller asks again. */
function kept<Key, T>(cache: Map<Key, Promise<T>>, key: Key, load: () => Promise<T>): Promise<T> {
  const present = cache.get(key);
  if (present !== undefined) return present;
  const loading = load();
  cache.set(key, loading);
  loading.catch(() => cache.delete(key));
  return loading;
}

/**
 * What a refusal means. Only the registry's own "not found" (error codes 404xx) says that a schema is unknown: a 404 of
 * a proxy or of a wrong path does not. Whatever else is refused (401, 403, 429) lies with the surroundings, not with the
 * record, and must not dead-letter it.
 *
 * @see https://docs.confluent.io/platform/current/schema-registry/develop/api.html#errors
 */
function refusal(request: string, status: number, text: string): BackboneError {
  const answer = v.safeParse(errorAnswer, parseJson(text));
  const errorCode = answer.success ? answer.output.error_code : undefined;
  const message = `schema registry answered ${status} (error code ${errorCode ?? "none"}) to ${request}`;
  if (status === 404 && errorCode !== undefined && `${errorCode}`.startsWith("404")) {
    return new BackboneError("SCHEMA_NOT_FOUND", message);
  }
  return new BackboneError(status === 409 || status === 422 ? "SCHEMA_MISMATCH" : "REGISTRY_UNAVAILABLE", message);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
