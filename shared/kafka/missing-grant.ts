import { protocolErrorOf } from "./protocol-error.ts";

/** What a client asked of the broker. */
export type KafkaUse =
  | { readonly operation: "WRITE"; readonly topics: readonly string[] }
  | { readonly operation: "READ"; readonly topic: string; readonly group: string };

export interface KafkaUser {
  /** As whom it authenticated. */
  readonly principal: string;
  /** Its service in the access file. @default not known */
  readonly service?: string;
}

const accessFile = "infra/access.yaml";

/**
 * Which grant is missing, and where to add it, if that is why the broker refused; undefined for any other failure.
 *
 * kafkajs does not say which topic of a request was refused, so that several are named if there were several.
 */
export function missingGrant(error: unknown, { principal, service }: KafkaUser, use: KafkaUse): string | undefined {
  const type = grantErrorOf(error);
  if (type === undefined) return undefined;
  const list = (key: string) => (service === undefined ? `${key} of its service` : `services.${service}.${key}`);
  if (use.operation === "WRITE") {
    const [topic, ...others] = new Set(use.topics);
    const topics = others.length === 0 ? `topic ${topic}` : `one of the topics ${[topic, ...others].join(", ")}`;
    return `${principal} may not WRITE to ${topics}: add it to ${list("produces")} in ${accessFile}`;
  }
  return type === "GROUP_AUTHORIZATION_FAILED"
    ? `${principal} may not READ in group ${use.group}: in ${accessFile}, ${list("consumes")} must not be empty and ` +
        `${list("group-id")} must give it that group`
    : `${principal} may not READ topic ${use.topic}: add it to ${list("consumes")} in ${accessFile}`;
}

/**
 * The protocol's name of the error. The cluster is refused to a producer that may write to no topic at all: writing
 * idempotently is allowed on the cluster, and implied by WRITE on any topic.
 * https://kafka.apache.org/43/design/protocol/#error-codes
 */
const grantErrors: ReadonlySet<unknown> = new Set([
  "TOPIC_AUTHORIZATION_FAILED",
  "GROUP_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
]);

/** Whether the broker refused it for want of a grant, so that trying again is of no use. */
export function isMissingGrant(error: unknown): boolean {
  return grantErrorOf(error) !== undefined;
}

function grantErrorOf(error: unknown): unknown {
  return protocolErrorOf(error, (name) => grantErrors.has(name));
}
