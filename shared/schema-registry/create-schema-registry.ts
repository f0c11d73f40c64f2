import * as v from "valibot";
import { BackboneError } from "../errors.ts";
import { milliseconds, parseOptions } from "../options/index.ts";
import { createAnswerCache } from "./answer-cache.ts";
import type { SchemaRegistry } from "./registry.ts";
import { createRegistryRequests } from "./registry-requests.ts";
import type { Schema, WrittenSchema } from "./schema.ts";

export interface SchemaRegistryOptions {
  /**
   * Base URL of the Confluent API, e.g. `http://registry:8080/apis/ccompat/v7`. Over https the registry's certificate
   * is checked against the authorities that Node trusts; one of your own goes into NODE_EXTRA_CA_CERTS.
   */
  readonly url: string;
  /** User and password of HTTP basic authentication. @default none */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Time of one call, its retries and referenced schemas included, in milliseconds, 1 to 2147483647. @default 5000 */
  readonly timeoutMs?: number;
  /** Time of one request until the end of its answer, in milliseconds, 1 to 2147483647. @default 2000 */
  readonly attemptTimeoutMs?: number;
  /** Requests that a call makes at most while the registry is away, 1 or more. @default 3 */
  readonly attempts?: number;
  /** The longest wait before the first retry, in milliseconds, 0 or more; it doubles with each, up to 1 s. @default 100 */
  readonly backoffMs?: number;
  /** Seconds for which it is remembered that the registry does not know an id or schema, 0 or more. @default 5 */
  readonly unknownTtlSeconds?: number;
  /** @default the global fetch */
  readonly fetch?: typeof fetch;
  /** A clock in milliseconds that never goes back. @default () => performance.now() */
  readonly now?: () => number;
}

const atLeast = (least: number) => v.pipe(v.number(), v.integer(), v.minValue(least));
const optionsSchema = v.strictObject({
  url: v.pipe(
    v.string(),
    v.check(isBaseUrl, "must be an http or https URL without user, password, query, fragment or space"),
  ),
  credentials: v.optional(v.strictObject({ username: v.pipe(v.string(), v.nonEmpty()), password: v.string() })),
  timeoutMs: v.optional(milliseconds(), 5_000),
  attemptTimeoutMs: v.optional(milliseconds(), 2_000),
  attempts: v.optional(atLeast(1), 3),
  backoffMs: v.optional(atLeast(0), 100),
  unknownTtlSeconds: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0)), 5),
  fetch: v.optional(v.custom<typeof fetch>((send) => typeof send === "function")),
  now: v.optional(v.custom<() => number>((now) => typeof now === "function")),
});

const idAnswer = v.object({ id: v.pipe(v.number(), v.integer(), v.minValue(0)) });
const referencesAnswer = v.array(v.object({ subject: v.string(), version: v.number() }));
const schemaAnswer = v.object({
  schema: v.string(),
  // Registries leave it out for Avro.
  schemaType: v.optional(v.picklist(["AVRO", "JSON", "PROTOBUF"]), "AVRO"),
  references: v.nullish(referencesAnswer),
});
type SchemaAnswer = v.InferOutput<typeof schemaAnswer>;

// A schema that is referred to from everywhere is asked for once; a circle, which no registry allows, ends here.
const maxReferences = 100;

/**
 * A client of the Confluent Schema Registry API (Confluent, Karapace, Apicurio).
 *
 * A registry that is away is asked again, a bounded number of times, and is REGISTRY_UNAVAILABLE then; what it does not
 * know is SCHEMA_NOT_FOUND. Both are retriable: the record or the request comes again.
 *
 * @throws BackboneError INVALID_OPTIONS
 * @see https://docs.confluent.io/platform/current/schema-registry/develop/api.html
 */
export function createSchemaRegistry(options: SchemaRegistryOptions): SchemaRegistry {
  const parsed = parseOptions("createSchemaRegistry", optionsSchema, options);
  const { credentials, unknownTtlSeconds, fetch: send = fetch, now = () => performance.now(), ...limits } = parsed;
  const authorization =
    credentials && `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
  const url = parsed.url.replace(/\/+$/, "");
  const ask = createRegistryRequests({ ...limits, url, authorization, fetch: send, now });
  const cacheOptions = { unknownTtlMs: unknownTtlSeconds * 1_000, now };
  const schemas = createAnswerCache<WrittenSchema>(cacheOptions);
  const ids = createAnswerCache<number>(cacheOptions);

  async function written(path: string): Promise<WrittenSchema> {
    // One for the schema and all that it refers to.
    const deadline = now() + limits.timeoutMs;
    const answer = await ask(path, schemaAnswer, undefined, deadline);
    const { schemaType, schema } = answer;
    const references = schemaType === "AVRO" ? await referencesOf(answer, deadline) : [];
    return { schemaType, schema, ...(references.length > 0 && { references }) };
  }

  /** The schemas that a schema refers to, those that others build on first. */
  async function referencesOf(
    answer: SchemaAnswer,
    deadline: number,
    found = new Map<string, string>(),
  ): Promise<string[]> {
    for (const { subject, version } of answer.references ?? []) {
      const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}`;
      if (found.has(path)) continue;
      if (found.size >= maxReferences) {
        throw new BackboneError("SCHEMA_MISMATCH", `the schema refers to more than ${maxReferences} others`);
      }
      // Also one that was deleted, softly: those that refer to it still stand for what was written with them.
      const referenced = await ask(`${path}?deleted=true`, schemaAnswer, undefined, deadline);
      // Held already, so that a circle ends; put at the end once those that it builds on are there.
      found.set(path, referenced.schema);
      await referencesOf(referenced, deadline, found);
      found.delete(path);
      found.set(path, referenced.schema);
    }
    return [...found.values()];
  }

  return {
    schemaById(id) {
      return schemas.get(id, () => written(`/schemas/ids/${id}`));
    },
    idOf(subject, schema) {
      const path = `/subjects/${encodeURIComponent(subject)}`;
      return ids.get(keyOf(subject, schema), async () => (await ask(path, idAnswer, bodyOf(schema))).id);
    },
    async register(subject, schema) {
      const { id } = await ask(`/subjects/${encodeURIComponent(subject)}/versions`, idAnswer, bodyOf(schema));
      ids.set(keyOf(subject, schema), id);
      return id;
    },
  };
}

function bodyOf({ schemaType, schema }: Schema): object {
  // Registries from before the other types know no schemaType.
  return schemaType === "AVRO" ? { schema } : { schemaType, schema };
}

function keyOf(subject: string, { schemaType, schema }: Schema): string {
  return JSON.stringify([subject, schemaType, schema]);
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  // By the letter: paths are appended to it, and an empty query or a space at the end, which a URL parses without, would
  // come before them.
  return ["http:", "https:"].includes(protocol) && `${username}${password}` === "" && !/[?#\s]/.test(text);
}
