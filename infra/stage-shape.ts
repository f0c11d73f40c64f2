import { Duration, Size } from "aws-cdk-lib";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import * as v from "valibot";
import type { ApiAuthorizer, ConsumerConfig, EcrImage, StageConfig } from "./config.ts";
import type { ClusterSettings } from "./constructs/cluster-settings.ts";

/**
 * Where a stage has another shape than `StageConfig`: a key that is missing, misspelt or of another type. The compiler says
 * the same, but synthesis runs without it.
 *
 * @returns problems, each with its path, the value got and what is allowed
 */
export function shapeProblems(config: unknown): string[] {
  const result = v.safeParse(stage, config);
  if (result.success) return [];
  return result.issues.map((issue) => `${v.getDotPath(issue) ?? "the stage"}: ${issue.message}`);
}

/** A mapping with all the keys of a type and no others. */
function mapping<Type>(entries: { readonly [Key in keyof Type]-?: v.GenericSchema }) {
  const keys = Object.keys(entries).join(", ");
  return v.strictObject(entries, (issue) =>
    issue.expected === "never" ? `unknown key, must be one of ${keys}` : must(`a mapping of ${keys}`)(issue),
  );
}

function must(what: string): (issue: { readonly input: unknown }) => string {
  return ({ input }) => (input === undefined ? "missing" : `must be ${what}, got ${show(input)}`);
}

/** What a value is, for people, whatever it is. */
export function show(value: unknown): string {
  return shortly(value) ?? JSON.stringify(value, (_key, part: unknown) => shortly(part) ?? part) ?? typeof value;
}

/** Of what JSON does not know, or knows by its insides; undefined for everything else. */
function shortly(value: unknown): string | undefined {
  if (typeof value === "bigint" || Number.isNaN(value)) return String(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype ? undefined : value.constructor.name;
}

const text = v.string(must("text"));
const number = v.number(must("a number"));
const flag = v.boolean(must("true or false"));
const size = v.custom<Size>((value) => value instanceof Size, must("a Size of CDK"));
const duration = v.custom<Duration>((value) => value instanceof Duration, must("a Duration of CDK"));
const texts = v.array(text, must("a list of texts"));

const cluster = mapping<ClusterSettings>({
  kafkaVersion: text,
  instanceType: text,
  brokers: number,
  brokerVolume: v.optional(size),
  brokerVolumeLimit: v.optional(size),
  tieredStorage: v.optional(flag),
  openMonitoring: v.optional(flag),
  metrics: v.optional(text),
});

const image = mapping<EcrImage>({ repository: text, tag: text });
const publicImage = v.string(must("text or a mapping of repository, tag"));

const registry = mapping<StageConfig["registry"]>({
  image: v.lazy((input) => (typeof input === "object" && input !== null ? image : publicImage)),
  tasks: number,
  maxTasks: v.optional(number),
  cpu: number,
  memory: size,
  tls: flag,
});

const authorizer = v.variant(
  "type",
  [
    mapping<Extract<ApiAuthorizer, { type: "iam" }>>({ type: v.literal("iam") }),
    mapping<Extract<ApiAuthorizer, { type: "jwt" }>>({ type: v.literal("jwt"), issuer: text, audience: texts }),
  ],
  (issue) => must(issue.expected === "Object" ? "a mapping" : "iam or jwt")(issue),
);

const api = mapping<StageConfig["api"]>({
  requestsPerSecond: number,
  burst: number,
  concurrency: v.optional(number),
  authorizer,
});

const consumer = {
  batchSize: number,
  batchWindow: duration,
  pollers: v.optional(mapping<NonNullable<ConsumerConfig["pollers"]>>({ minimum: number, maximum: number })),
  claimMargin: duration,
};

const stage = mapping<StageConfig>({
  stage: text,
  hardened: flag,
  availabilityZones: v.optional(texts),
  natGateways: number,
  cluster,
  registry,
  api,
  inventory: mapping<StageConfig["inventory"]>({ ...consumer, initialStock: number }),
  orderStatus: mapping<ConsumerConfig>(consumer),
  scramRotation: v.optional(v.record(v.string(), duration, must("a mapping of users to Durations"))),
  logRetention: v.enum(RetentionDays, must("one of RetentionDays of CDK")),
});
