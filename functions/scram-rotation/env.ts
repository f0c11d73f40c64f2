import * as v from "valibot";
import { brokerList, type Environment, readEnvironment, text } from "../../shared/environment/index.ts";

/** What the function needs to know of a user's surroundings. */
export interface ScramRotationEnvironment {
  /** SCRAM addresses of brokers, `host:port`. */
  readonly brokers: readonly string[];
  /** What is started again with a new password; undefined: nothing. */
  readonly ecsService: { readonly cluster: string; readonly service: string } | undefined;
}

const variables = v.pipe(
  v.object({
    KAFKA_BOOTSTRAP_SERVERS: brokerList(),
    ECS_CLUSTER: v.optional(text()),
    ECS_SERVICE: v.optional(text()),
  }),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }): ScramRotationEnvironment => {
    const { KAFKA_BOOTSTRAP_SERVERS: brokers, ECS_CLUSTER: cluster, ECS_SERVICE: service } = value;
    if (cluster !== undefined && service !== undefined) return { brokers, ecsService: { cluster, service } };
    if (cluster === undefined && service === undefined) return { brokers, ecsService: undefined };
    const key = cluster === undefined ? "ECS_CLUSTER" : "ECS_SERVICE";
    const message = "must be set, as ECS_CLUSTER and ECS_SERVICE stand together or not at all";
    addIssue({ message, path: [{ type: "object", origin: "value", input: value, key, value: undefined }] });
    return NEVER;
  }),
);

/** @throws BackboneError INVALID_OPTIONS that names every missing or wrong variable at once */
export function readScramRotationEnvironment(environment: Environment = process.env): ScramRotationEnvironment {
  return readEnvironment(variables, environment);
}
