import { type DynamoDBDocumentClient, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Decide, Run } from "../../../shared/processing/index.ts";
import { Pack } from "../../../shared/processing/pack.ts";
import { transactionOf } from "../../../shared/processing/transaction.ts";
import type { EventData } from "./decision.ts";

/** A handler that carries out by itself what the decision returns, as another service would: without any claim. */
export function carryOut(decide: Decide<EventData>, client: DynamoDBDocumentClient): Run<EventData> {
  return async (event, record) => {
    const effects = await decide(event, record);
    const pack = new Pack();
    pack.add({ transaction: transactionOf(event.id, ["none", {}], effects) });
    const TransactItems = pack.toItems().filter((item) => Object.keys(item).length > 0);
    await client.send(new TransactWriteCommand({ TransactItems }));
  };
}
