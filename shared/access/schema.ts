import * as v from "valibot";

/** Kafka's own limit: the name is part of a folder's name, which file systems keep to 255 bytes. */
export const maxNameLength = 249;

const name = v.pipe(
  v.string("must be text"),
  v.check(
    (value) => /^[a-zA-Z0-9._-]+$/.test(value) && value.length <= maxNameLength && value !== "." && value !== "..",
    (issue) => `must be 1 to ${maxNameLength} of a-z, A-Z, 0-9, '.', '_' and '-', got ${show(issue.input)}`,
  ),
);

const positiveInteger = v.custom<number>(
  (value) => Number.isSafeInteger(value) && Number(value) >= 1,
  (issue) => `must be an integer of at least 1, got ${show(issue.input)}`,
);

/** Settings become lines of a properties text, so a value must not bring lines of its own. */
const configValue = v.pipe(
  v.union(
    [v.string(), v.number(), v.boolean()],
    (issue) => `must be text, a number or a boolean, got ${show(issue.input)}`,
  ),
  v.transform(String),
  v.check(
    (value) => !/[\r\n]/.test(value),
    () => "must be one line",
  ),
);

function oneOf<const Options extends readonly string[]>(options: Options) {
  return v.picklist(options, (issue) => `must be ${options.join(" or ")}, got ${show(issue.input)}`);
}

const topic = v.strictObject({
  partitions: positiveInteger,
  replication: v.optional(positiveInteger),
  configs: v.optional(
    v.record(v.pipe(v.string(), v.regex(/^[a-z.]+$/, "must be a name of a Kafka setting")), configValue),
    {},
  ),
});

const service = v.strictObject({
  type: oneOf(["application"]),
  principal: v.optional(
    v.pipe(
      v.string("must be text"),
      v.check(
        (value) => /^User:[^\s:*]+$/.test(value),
        (issue) => `must be 'User:<name>', got ${show(issue.input)}`,
      ),
    ),
  ),
  "group-id": v.optional(name),
  auth: v.optional(oneOf(["iam", "scram"]), "iam"),
  "dead-letters": v.optional(v.boolean("must be true or false"), true),
  produces: v.optional(v.array(name, "must be a list of topics"), []),
  consumes: v.optional(v.array(name, "must be a list of topics"), []),
});

const acl = v.strictObject({
  name: v.pipe(v.string("must be text"), v.minLength(1, "must not be empty")),
  type: oneOf(["TOPIC", "GROUP", "CLUSTER", "TRANSACTIONAL_ID"]),
  pattern: oneOf(["LITERAL", "PREFIXED"]),
  host: v.optional(oneOf(["*"]), "*"),
  operation: oneOf([
    "READ",
    "WRITE",
    "CREATE",
    "DELETE",
    "ALTER",
    "DESCRIBE",
    "CLUSTER_ACTION",
    "DESCRIBE_CONFIGS",
    "ALTER_CONFIGS",
    "IDEMPOTENT_WRITE",
    "ALL",
  ]),
  permission: oneOf(["ALLOW", "DENY"]),
});

/** The access file: the part of kafka-gitops' state format that is in use, and the keys of our own. */
export const stateSchema = v.strictObject({
  settings: v.optional(
    v.strictObject({
      topics: v.optional(
        v.strictObject({ defaults: v.optional(v.strictObject({ replication: v.optional(positiveInteger) })) }),
      ),
    }),
  ),
  topics: v.optional(v.record(name, topic), {}),
  services: v.optional(v.record(name, service), {}),
  customServiceAcls: v.optional(v.record(name, v.record(v.string(), acl)), {}),
});

export type State = v.InferOutput<typeof stateSchema>;

/** A value of the file as an error message shows it. */
export function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
