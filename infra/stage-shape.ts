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
  return v.strictObject(entries, ({ expected, received, input }) => {
    if (expected === "never") return `unknown key, must be one of ${keys}`;
    return received === "undefined" ? "missing" : `must be a mapping of ${keys}, got ${show(input)}`;
  });
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

const text = v.string(({ input }) => `must be text, got ${show(input)}`);
const number = v.number(({ input }) => `must be a number, got ${show(input)}`);
const flag = v.boolean(({ input }) => `must be true or false, got ${show(input)}`);
const size = v.custom<Size>(
  (value) => value instanceof Size,
  ({ input }) => `must be a Size of CDK, got ${show(input)}`,
);
const duration = v.custom<Duration>(
  (value) => value instanceof Duration,
  ({ input }) => `must be a Duration of CDK, got ${show(input)}`,
);
const texts = v.array(text, ({ input }) => `must be a list of texts, got ${show(input)}`);

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

const registry = mapping<StageConfig["registry"]>({
  image: v.lazy((input) => (typeof input === "object" ? mapping<EcrImage>({ repository: text, tag: text }) : text)),
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
  ({ input, expected }) =>
    expected === "Object" ? `must be a mapping, got ${show(input)}` : `must be iam or jwt, got ${show(input)}`,
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
  scramRotation: v.optional(
    v.record(v.string(), duration, ({ input }) => `must be a mapping of users to Durations, got ${show(input)}`),
  ),
  logRetention: v.enum(RetentionDays, ({ input }) => `must be one of RetentionDays of CDK, got ${show(input)}`),
});
