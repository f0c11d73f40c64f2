import { IdempotencyAlreadyInProgressError } from "@aws-lambda-powertools/idempotency";
import { invoke } from "../../shared/testing/index.ts";
import { withoutPrefix } from "../decode/order-events.ts";
import { RecordsUnfinished } from "./contender.ts";
import { contenders } from "./contenders.ts";
import { countEffect, crashBatch, effectsOf, unfinishedExitCode } from "./crash-batch.ts";
import { createClients } from "./metered-client.ts";
import { claimsTable } from "./tables.ts";

// One invocation of a contender. With CRASH_AFTER it is killed as the answer arrives that brings the business writes to
// that number: DynamoDB has them, and nothing of the contender runs any more.

/** The time of an invocation, which is also how long Powertools takes a record to be in progress. */
const timeoutMs = 5_000;

const { CONTENDER, PORT, CRASH_AFTER } = process.env;
const contender = contenders.find(({ name }) => name === CONTENDER);
const [batch] = crashBatch();
if (contender === undefined || batch === undefined) throw new Error(`no contender is called ${CONTENDER}`);

let effects = 0;
const clients = createClients({
  port: Number(PORT),
  onAnswer(input) {
    effects += effectsOf(input);
    if (effects >= Number(CRASH_AFTER ?? Number.POSITIVE_INFINITY)) process.kill(process.pid, "SIGKILL");
  },
});
const consumer = contender.createConsumer({ ...clients, claimsTable: claimsTable.name, decide: countEffect });
try {
  await invoke(consumer, contender.withoutPrefix ? withoutPrefix(batch) : batch, { timeoutMs });
} catch (error) {
  if (!(error instanceof RecordsUnfinished || error instanceof IdempotencyAlreadyInProgressError)) throw error;
  process.exitCode = unfinishedExitCode;
} finally {
  clients.client.destroy();
}
