import * as v from "valibot";
import { httpUrl, readEnvironment, text, wholeNumber } from "../../shared/environment/index.ts";
import { kafkaVariables } from "../../shared/kafka/index.ts";

const environmentSchema = v.intersect([
  kafkaVariables(),
  v.object({
    SCHEMA_REGISTRY_URL: httpUrl(),
    DEAD_LETTER_TOPIC: text(),
    CONSUMER_GROUP: text(),
    STATUSES_TABLE: text(),
    CLAIMS_TABLE: text(),
    CLAIM_TTL_SECONDS: wholeNumber(1),
    // Absent is false: then the batch fails as a whole, which loses nothing whatever the mapping is set to.
    REPORT_BATCH_ITEM_FAILURES: v.optional(v.picklist(["true", "false"], 'must be "true" or "false"'), "false"),
  }),
]);

/** What this function is told by its surroundings; a missing or wrong variable stops it before the first record. */
export const env = readEnvironment(environmentSchema, process.env);
