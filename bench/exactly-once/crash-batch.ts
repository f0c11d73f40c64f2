import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { Decide } from "../../shared/processing/index.ts";
import type { OrderCreated } from "../../shared/schemas/index.ts";
import { orderEvents } from "../decode/order-events.ts";
import type { TableShape } from "./tables.ts";

/** Records of the batch in whose middle the process is killed. */
export const crashRecords = 300;

/** Exit code of a delivery after which records have to come again. */
export const unfinishedExitCode = 3;

/** One item a record: how often its effect has happened. */
export const effectsTable: TableShape = { name: "effects", key: "orderId" };

/** The same batch in every delivery. */
export const crashBatch = () => orderEvents({ records: crashRecords, batch: crashRecords, seed: 1 });

/** The effect of a record is one more in the count of its order: what happens twice shows. */
export const countEffect: Decide<OrderCreated> = (event) => ({
  increments: [{ table: effectsTable.name, key: { orderId: event.data?.orderId ?? "" }, attribute: "count", by: 1 }],
});

/** How many effects a command has. */
export function effectsOf(input: object): number {
  if ("TransactItems" in input && Array.isArray(input.TransactItems)) {
    return input.TransactItems.filter(({ Update }: TransactWriteItem) => isEffect(Update ?? {})).length;
  }
  return isEffect(input) ? 1 : 0;
}

function isEffect(input: { readonly TableName?: unknown }): boolean {
  return input.TableName === effectsTable.name;
}
