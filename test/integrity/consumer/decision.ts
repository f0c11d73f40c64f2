import { type DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
import type { Decide, Effects } from "../../../shared/processing/index.ts";

/** What an event asks for. */
export interface EventData {
  readonly kind: EventKind;
  readonly key: string;
  /** Position among the events of its key that take effect, from 1. */
  readonly sequence: number;
  readonly sku: string;
  readonly quantity: number;
}

/**
 * - plain: effects that nothing but the claim keeps from being doubled;
 * - guarded: an item of its own besides, put under the condition that it is not there, as a reservation is;
 * - readsItself: its decision reads whether it took effect before, and throws if so: it trips over its own success;
 * - throws: its decision always throws;
 * - violates: its condition always fails, and names a rule.
 */
export type EventKind = "plain" | "guarded" | "readsItself" | "throws" | "violates";

/** Units of every SKU before the first event. */
export const initialStock = 1_000_000;

/** Ids of the items that the effects are written to. */
export const itemId = {
  event: (eventId: string) => `event ${eventId}`,
  key: (key: string) => `key ${key}`,
  sku: (sku: string) => `sku ${sku}`,
  guard: (eventId: string) => `guard ${eventId}`,
};

/**
 * The decision of the consumer under test. Each effect says in its own way how often it happened: the counter of the event
 * (1), the log of its key (each sequence number once, in their order), the units taken from its SKU (as many as ordered).
 * None of them has a condition that a second time would fail, except for a guarded event.
 */
export function createDecision(client: DynamoDBDocumentClient, table: string): Decide<EventData> {
  async function tookEffect(eventId: string): Promise<boolean> {
    const Key = { id: itemId.event(eventId) };
    return (await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }))).Item !== undefined;
  }

  return async ({ id, data }): Promise<Effects> => {
    if (!data) throw new Error("the event has no data");
    const { kind, key, sequence, sku, quantity } = data;
    if (kind === "throws") throw new Error("this one always throws");
    if (kind === "readsItself" && (await tookEffect(id))) throw new Error("the effect is there already");
    const guard = { action: "put", table, key: { id: itemId.guard(id) }, item: { sequence } } as const;
    return {
      writes: [
        {
          action: "update",
          table,
          key: { id: itemId.key(key) },
          update: "SET #log = list_append(if_not_exists(#log, :none), :sequence)",
          condition: "attribute_not_exists(closedAt)", // always true, and a write needs one
          names: { "#log": "log" },
          values: { ":none": [], ":sequence": [sequence] },
          onConditionFailed: "redecide",
        },
        ...(kind === "guarded"
          ? [{ ...guard, condition: "attribute_not_exists(id)", onConditionFailed: "duplicateOfBusinessKey" } as const]
          : []),
        ...(kind === "violates"
          ? [{ ...guard, condition: "attribute_exists(id)", onConditionFailed: "ruleViolated" } as const]
          : []),
      ],
      increments: [
        { table, key: { id: itemId.event(id) }, attribute: "applied", by: 1 },
        { table, key: { id: itemId.sku(sku) }, attribute: "remaining", by: -quantity, atLeast: 0 },
      ],
    };
  };
}
