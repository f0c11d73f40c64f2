import { isIP } from "node:net";
import * as v from "valibot";
import { canTakeEffect, operations, operationsOn, patternTypes, permissions, resourceTypes } from "./acl-words.ts";
import { topicSettingProblem } from "./topic-settings.ts";

/** Kafka's own limit: the name is part of a folder's name, which file systems keep to 255 bytes. */
export const maxNameLength = 249;

/** A mapping with these keys and no others. */
function mapping<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.strictObject(entries, ({ expected, received, input }) => {
    if (expected === "never") return `unknown key, must be ${Object.keys(entries).join(" or ")}`;
    return received === "undefined" ? "missing" : `must be a mapping, got ${show(input)}`;
  });
}

function namesTo<Value extends v.GenericSchema>(value: Value) {
  return v.record(name, value, ({ input }) => `must be a mapping, got ${show(input)}`);
}

function oneOf<const Options extends readonly string[]>(options: Options) {
  return v.picklist(options, ({ input }) => `must be ${options.join(" or ")}, got ${show(input)}`);
}

const nameRule = `1 to ${maxNameLength} of a-z, A-Z, 0-9, '.', '_' and '-'`;
const name = v.pipe(
  v.string(({ input }) => `must be text, got ${show(input)}`),
  v.check(
    (value) => /^[a-zA-Z0-9._-]+$/.test(value) && value.length <= maxNameLength && value !== "." && value !== "..",
    ({ input }) => `must be ${nameRule}, got ${show(input)}`,
  ),
);

const text = v.pipe(
  v.string(({ input }) => `must be text, got ${show(input)}`),
  v.check((value) => value.trim() !== "", "must not be empty"),
);

const positiveInteger = v.custom<number>(
  (value) => Number.isSafeInteger(value) && Number(value) >= 1,
  ({ input }) => `must be an integer of at least 1, got ${show(input)}`,
);

const flag = v.boolean(({ input }) => `must be true or false, got ${show(input)}`);

const scalar = v.union(
  [v.string(), v.number(), v.boolean()],
  ({ input }) => `must be text, a number or a boolean, got ${show(input)}`,
);

/** Each value as text. */
const configs = v.pipe(
  v.record(v.string(), scalar, ({ input }) => `must be a mapping, got ${show(input)}`),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const input = dataset.value;
    for (const [key, value] of Object.entries(input)) {
      const message = topicSettingProblem(key, value);
      if (message !== undefined) addIssue({ message, path: [{ type: "object", origin: "value", input, key, value }] });
    }
  }),
  v.transform((values) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]))),
);

const about = { owner: v.optional(text), description: v.optional(text) };

const topic = mapping({
  ...about,
  partitions: positiveInteger,
  replication: v.optional(positiveInteger),
  configs: v.optional(configs, {}),
});

const principal = v.pipe(
  v.string(({ input }) => `must be 'User:<name>', got ${show(input)}`),
  v.check(
    // The names of certificates have blanks, asterisks and colons: CN=*.example.com,O=Acme Corp.
    (value) => /^User:(?!\*$)\S(?:[^\r\n]*\S)?$/.test(value),
    ({ input }) => `must be 'User:<name>', got ${show(input)}`,
  ),
);

const topicList = v.optional(
  v.array(name, ({ input }) => `must be a list of topics, got ${show(input)}`),
  [],
);

const ofEveryService = {
  ...about,
  principal: v.optional(principal),
  auth: v.optional(oneOf(["iam", "scram"])),
  produces: topicList,
};

const service = v.variant(
  "type",
  [
    mapping({
      type: v.literal("application"),
      ...ofEveryService,
      consumes: topicList,
      "group-id": v.optional(name),
      "dead-letters": v.optional(flag, true),
      redrives: v.optional(flag, false),
      "event-source-mapping": v.optional(flag),
    }),
    mapping({
      type: v.literal("kafka-connect"),
      ...ofEveryService,
      "group-id": v.optional(name),
      "storage-topics": v.optional(
        mapping({ config: v.optional(name), offset: v.optional(name), status: v.optional(name) }),
      ),
      connectors: v.optional(namesTo(mapping({ produces: topicList, consumes: topicList })), {}),
    }),
    mapping({
      type: v.literal("kafka-streams"),
      ...ofEveryService,
      consumes: topicList,
      "application-id": v.optional(name),
    }),
  ],
  ({ input, expected, received }) => {
    if (expected === "Object") return `must be a mapping, got ${show(input)}`;
    const types = "must be application or kafka-connect or kafka-streams";
    return received === "undefined" ? `missing, ${types}` : `${types}, got ${show(input)}`;
  },
);

const user = mapping({
  principal: v.optional(principal),
  roles: v.optional(
    v.array(oneOf(["writer", "reader", "operator"]), ({ input }) => `must be a list of roles, got ${show(input)}`),
    [],
  ),
});

/** Brokers compare the text: lower case, all eight groups, no zeros in front. */
const wholeIpv6 = /^(0|[1-9a-f][0-9a-f]{0,3})(:(0|[1-9a-f][0-9a-f]{0,3})){7}$/;

const acl = v.pipe(
  mapping({
    name: text,
    type: oneOf(resourceTypes),
    pattern: oneOf(patternTypes),
    principal: v.optional(principal),
    host: v.optional(
      v.pipe(
        text,
        v.check(
          (value) => value === "*" || isIP(value) === 4 || wholeIpv6.test(value),
          ({ input }) =>
            "must be '*' or an IP address, neither a name nor a range, of IPv6 as the brokers write it " +
            `(2001:db8:0:0:0:0:0:1), got ${show(input)}`,
        ),
      ),
      "*",
    ),
    operation: oneOf(operations),
    permission: oneOf(permissions),
  }),
  v.forward(
    v.check(
      ({ type, operation, permission }) => canTakeEffect(type, operation, permission),
      ({ input: { type, operation } }) =>
        `must be ${operationsOn[type].join(" or ")} on a ${type}, got ${show(operation)}`,
    ),
    ["operation"],
  ),
  v.forward(
    v.check(
      ({ type, pattern, name: of }) => type !== "TOPIC" || (pattern === "LITERAL" && of === "*") || v.is(name, of),
      ({ input: { pattern, name: of } }) => {
        const what = pattern === "LITERAL" ? "'*' or the name of a topic" : "what names of topics begin with";
        return `must be ${what}, ${nameRule}, got ${show(of)}`;
      },
    ),
    ["name"],
  ),
);

const settings = mapping({
  topics: v.optional(
    mapping({
      defaults: v.optional(mapping({ replication: v.optional(positiveInteger) })),
      blacklist: v.optional(
        mapping({
          prefixed: v.optional(
            v.array(name, ({ input }) => `must be a list of prefixes, got ${show(input)}`),
            [],
          ),
        }),
      ),
    }),
  ),
  services: v.optional(mapping({ acls: v.optional(mapping({ describeTopicEnabled: v.optional(flag, false) })) })),
  files: v.optional(mapping({ topics: v.optional(text), services: v.optional(text), users: v.optional(text) })),
});

/** The sections that may stand in a file of their own, named in `settings.files`. */
const sections = { topics: namesTo(topic), services: namesTo(service), users: namesTo(user) };

/** By the section that `settings.files` names the file for: the only one that the file may have, and it must. */
export const sectionSchemas = {
  topics: mapping({ topics: sections.topics }),
  services: mapping({ services: sections.services }),
  users: mapping({ users: sections.users }),
} as const;

/** It would stand verbatim where the variable is used: what a variable brings is not looked at again. */
const variable = v.pipe(
  scalar,
  v.check(
    (value) => !String(value).includes("${"),
    ({ input }) => `must not refer to a variable, got ${show(input)}`,
  ),
);

/** Values by stage and name, and those of every stage under `default`. */
export const variablesSchema = v.optional(namesTo(namesTo(variable)), {});

/** The access file: kafka-gitops' state format, and the keys of our own. */
export const stateSchema = mapping({
  settings: v.optional(settings),
  variables: variablesSchema,
  topics: v.optional(sections.topics, {}),
  services: v.optional(sections.services, {}),
  users: v.optional(sections.users, {}),
  customServiceAcls: v.optional(namesTo(v.record(v.string(), acl)), {}),
  customUserAcls: v.optional(namesTo(v.record(v.string(), acl)), {}),
});

export type State = v.InferOutput<typeof stateSchema>;

/** A value of the file as an error message shows it. */
export function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
