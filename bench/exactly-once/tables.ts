import { DeleteTableCommand, type DynamoDBClient, ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, type DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import { createTable } from "../../local/dynamodb-table.ts";

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const itemsPerCall = 25;

/** A table of the bench: its name and the name of its partition key, a string. */
export interface TableShape {
  readonly name: string;
  readonly key: string;
}

export const claimsTable: TableShape = { name: "claims", key: "id" };

/** Makes tables that are empty; what was there under their names is gone. */
export async function freshTables(client: DynamoDBClient, tables: readonly TableShape[]): Promise<void> {
  for (const { name, key } of tables) {
    await client.send(new DeleteTableCommand({ TableName: name })).catch(unlessMissing);
    await createTable(client, name, [key]);
  }
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof ResourceNotFoundException)) throw error;
}

/** Writes items as they are. */
export async function fillTable(
  documents: DynamoDBDocumentClient,
  table: TableShape,
  items: readonly object[],
): Promise<void> {
  for (let start = 0; start < items.length; start += itemsPerCall) {
    const puts = items.slice(start, start + itemsPerCall).map((Item) => ({ PutRequest: { Item: { ...Item } } }));
    const { UnprocessedItems } = await documents.send(new BatchWriteCommand({ RequestItems: { [table.name]: puts } }));
    if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error(`not all items of ${table.name} were written`);
  }
}

/** Every item of a table, by its key. */
export async function itemsOf(
  documents: DynamoDBDocumentClient,
  table: TableShape,
): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const items = new Map<string, Record<string, unknown>>();
  const pages = paginateScan({ client: documents }, { TableName: table.name, ConsistentRead: true });
  for await (const { Items = [] } of pages) for (const item of Items) items.set(String(item[table.key]), item);
  return items;
}
