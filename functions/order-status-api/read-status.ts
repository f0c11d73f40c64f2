import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import * as v from "valibot";
import { fromAttributes, toAttributes } from "../../shared/dynamodb/index.ts";
import type { OrderStatus } from "../order-status/order-status.ts";

/** What the caller is told of an order: without the ids of the events that it came by. */
export type ShownStatus = Omit<OrderStatus, "orderEventId" | "inventoryEventId">;

const statusSchema = v.object({
  orderId: v.string(),
  status: v.picklist(["ACCEPTED", "RESERVED", "REJECTED"]),
  createdAt: v.exactOptional(v.string()),
  acceptedAt: v.exactOptional(v.string()),
  reservedAt: v.exactOptional(v.string()),
  rejectedAt: v.exactOptional(v.string()),
  reason: v.exactOptional(v.string()),
});

export interface StatusReaderOptions {
  readonly client: Pick<DynamoDBClient, "send">;
  readonly table: string;
}

/** Reads the status of an order, consistently; undefined for one that there is none of. Rejects with the AWS SDK's errors. */
export function createStatusReader({ client, table }: StatusReaderOptions) {
  return async function readStatus(orderId: string): Promise<ShownStatus | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: toAttributes({ orderId }), ConsistentRead: true }),
    );
    return Item && v.parse(statusSchema, fromAttributes(Item));
  };
}
