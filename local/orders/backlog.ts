import { setTimeout as delay } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import type { Admin } from "kafkajs";
import type { Backbone } from "../backbone.ts";
import { lagOf } from "../mappings.ts";
import { dynamoDbSettings } from "../provision.ts";

/** The wait for the consumers ends this long after the last change of what they have still to do. */
export const accountingDeadlineMs = 60_000;
const pauseMs = 100;

/**
 * Waits until there is nothing left to do, or nothing has changed for as long as the deadline says; gives what is left.
 *
 * Nothing left is only believed the second time in a row: the parts of one reading are not read at once, and what an
 * outbox has just sent is in a topic whose lag was read before.
 *
 * @param backlog reads what there is to do; nothing new comes in but what follows from it
 */
export async function workedOff(
  backlog: () => Promise<number>,
  { deadlineMs, pauseMs }: { readonly deadlineMs: number; readonly pauseMs: number },
): Promise<number> {
  let last = Number.NaN;
  let changedAt = Date.now();
  while (Date.now() - changedAt < deadlineMs) {
    const left = await backlog();
    if (left === 0 && last === 0) return 0;
    if (left !== last) changedAt = Date.now();
    last = left;
    await delay(pauseMs);
  }
  return last;
}

/** Waits until every mapping has caught up with its topic and every outbox is empty; gives the records that are left. */
export async function allWorkedOff(backbone: Backbone): Promise<number> {
  const backlog = await openBacklog(backbone);
  try {
    return await workedOff(backlog.read, { deadlineMs: accountingDeadlineMs, pauseMs });
  } finally {
    await backlog.close();
  }
}

export interface Backlog {
  /** Records that the mappings have still to process and commit, and those that the outboxes have still to send. */
  readonly read: () => Promise<number>;
  readonly close: () => Promise<void>;
}

export async function openBacklog(backbone: Backbone): Promise<Backlog> {
  const admin = backbone.kafka.admin();
  const tables = DynamoDBDocumentClient.from(new DynamoDBClient(dynamoDbSettings(backbone.ports.dynamodb)));
  await admin.connect();
  return {
    // First the topics, then the outboxes: an outbox gets no more from a topic that has been worked off.
    read: async () => (await lagOfAll(backbone, admin)) + (await unsentOf(backbone, tables)),
    async close() {
      tables.destroy();
      await admin.disconnect();
    },
  };
}

async function lagOfAll({ mappings }: Backbone, admin: Admin): Promise<number> {
  const lags = await Promise.all(mappings.map(({ definition }) => lagOf(admin, definition)));
  return lags.reduce((sum, lag) => sum + lag, 0);
}

/** Records in the outboxes: the tables that the functions of the mappings name as OUTBOX_TABLE. */
async function unsentOf({ functions, mappings }: Backbone, client: DynamoDBDocumentClient): Promise<number> {
  const environments = mappings.map(({ definition }) => functions.get(definition.functionName).definition.environment);
  let unsent = 0;
  for (const table of new Set(environments.flatMap(({ OUTBOX_TABLE }) => OUTBOX_TABLE ?? [])))
    for await (const page of paginateScan({ client }, { TableName: table, ConsistentRead: true, Select: "COUNT" }))
      unsent += page.Count ?? 0;
  return unsent;
}
