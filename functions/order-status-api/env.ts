import * as v from "valibot";
import { readEnvironment, text } from "../../shared/environment/index.ts";

/** What this function is told by its surroundings; a missing variable stops it before the first request. */
export const env = readEnvironment(v.object({ STATUSES_TABLE: text() }), process.env);
