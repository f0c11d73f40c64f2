import { createLogger } from "../../shared/logging/index.ts";
import { createKafkaAcls } from "./apply-acls.ts";
import { withCluster } from "./cluster.ts";
import { readKafkaAclsEnvironment } from "./env.ts";

const kafka = readKafkaAclsEnvironment();
const logger = createLogger({ service: "kafka-acls" });

/** `onEvent` of the custom resource provider: see `createKafkaAcls`. */
export const handler = createKafkaAcls({
  // Less than the function's two minutes, so that the deployment is told why.
  withCluster: (use) => withCluster({ ...kafka, patienceMs: 75_000 }, use),
  applied: (changes) => logger.info("ACLs applied", { ...changes }),
});
