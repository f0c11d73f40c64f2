import * as v from "valibot";
import { readEnvironment, text, wholeNumber } from "../../shared/environment/index.ts";
import { kafkaVariables } from "../../shared/kafka/index.ts";

const environmentSchema = v.intersect([
  kafkaVariables(),
  v.object({ SERVICE: text(), OUTBOX_TABLE: text(), SWEEP_OLDER_THAN_SECONDS: wholeNumber(1) }),
]);

/** What this function is told by its surroundings; a missing or wrong variable stops it before the first event. */
export const env = readEnvironment(environmentSchema, process.env);
