import { createLogger, errorFields } from "../../shared/logging/index.ts";
import { createKafkaAcls } from "./apply-acls.ts";
import { withCluster } from "./cluster.ts";
import { readKafkaAclsEnvironment } from "./env.ts";

const kafka = readKafkaAclsEnvironment();
const logger = createLogger({ service: "kafka-acls" });

/** `onEvent` of the custom resource provider: see `createKafkaAcls`. */
export const handler = createKafkaAcls({
  withCluster: (use) => withCluster({ ...kafka, patienceMs: 75_000, failed }, use),
  applied: (changes) => logger.info("ACLs applied", { ...changes }),
});

function failed(error: unknown): void {
  logger.warn("the ACLs could not be applied, perhaps not yet", errorFields(error));
}
