import { type DynamoDBDocumentClient, PutCommand, paginateScan } from "@aws-sdk/lib-dynamodb";
import { deadLetterHeaders } from "../../../shared/dead-letter/index.ts";
import { messagesOf } from "../../integration/running-backbone.ts";
import { initialStock, itemId } from "../consumer/decision.ts";
import type { TestParts } from "./parts.ts";
import { type Plan, placeOf } from "./plan.ts";

/** What took effect, against what had to. */
export interface Audit {
  readonly records: number;
  /** Events without their effect, and poison without a dead letter. */
  readonly lost: number;
  /** Effects beyond the first of an event, and events with an effect and a dead letter. */
  readonly doubled: number;
  /** Events that lie behind a later one of their key. */
  readonly disordered: number;
  /** Dead letters beyond the first of a record: allowed after a crash and of two invocations at once, and then alone. */
  readonly deadLetterCopies: number;
  /** Dead letters by place, with their headers. */
  readonly deadLetters: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** One line for each thing that is not as promised. */
  readonly findings: readonly string[];
}

/** Puts the stock of the plan's SKUs there. */
export async function stockUp({ client, effectsTable }: TestParts, { events }: Plan): Promise<void> {
  await Promise.all(
    [...new Set(events.map(({ sku }) => sku))].map((sku) =>
      client.send(new PutCommand({ TableName: effectsTable, Item: { id: itemId.sku(sku), remaining: initialStock } })),
    ),
  );
}

/** Reads the table of effects and the dead-letter topic, whole. */
export async function audit(parts: TestParts, plan: Plan): Promise<Audit> {
  const [items, { deadLetters, copies }] = await Promise.all([itemsOf(parts), deadLettersOf(parts)]);
  const findings: string[] = [];
  let [lost, doubled] = [0, 0];

  for (const { id } of plan.events) {
    const applied = Number(items.get(itemId.event(id))?.applied ?? 0);
    if (applied === 1) continue;
    if (applied === 0) lost += 1;
    else doubled += applied - 1;
    findings.push(`event ${id} took effect ${applied} times`);
  }
  for (const place of plan.poison) {
    if (deadLetters.has(place)) continue;
    lost += 1;
    findings.push(`the record at ${place} is no dead letter`);
  }
  for (const [place, headers] of deadLetters) {
    if (plan.poison.has(place)) continue;
    doubled += 1;
    findings.push(`the record at ${place} is a dead letter: ${headers[deadLetterHeaders.errorCode]}`);
  }

  // The same effects, counted by their keys and their SKUs: what the events' own counters say must be true of both.
  const byKey = Map.groupBy(plan.events, ({ key }) => key);
  let disordered = 0;
  for (const [key, ofKey] of byKey) {
    const log = (items.get(itemId.key(key))?.log ?? []) as readonly number[];
    disordered += log.filter((sequence, index) => sequence < Math.max(0, ...log.slice(0, index))).length;
    if (log.join() !== ofKey.map(({ sequence }) => sequence).join())
      findings.push(`the log of ${key} is ${log.join()}`);
  }
  for (const [sku, ofSku] of Map.groupBy(plan.events, (event) => event.sku)) {
    const ordered = ofSku.reduce((sum, { quantity }) => sum + quantity, 0);
    const taken = initialStock - Number(items.get(itemId.sku(sku))?.remaining);
    if (taken !== ordered) findings.push(`${taken} units taken of ${sku}, ${ordered} ordered`);
  }
  const guards = [...items.keys()].filter((id) => id.startsWith(itemId.guard(""))).length;
  const guarded = plan.events.filter(({ kind }) => kind === "guarded").length;
  if (guards !== guarded) findings.push(`${guards} guards, ${guarded} guarded events`);

  return { records: plan.records.length, lost, doubled, disordered, deadLetterCopies: copies, deadLetters, findings };
}

async function itemsOf({ client, effectsTable }: TestParts): Promise<Map<string, Record<string, unknown>>> {
  const items = new Map<string, Record<string, unknown>>();
  for await (const page of pagesOf(client, effectsTable))
    for (const item of page.Items ?? []) items.set(String(item.id), item);
  return items;
}

function pagesOf(client: DynamoDBDocumentClient, table: string) {
  return paginateScan({ client }, { TableName: table, ConsistentRead: true });
}

async function deadLettersOf({ kafka, deadLetterTopic }: TestParts) {
  const deadLetters = new Map<string, Record<string, string>>();
  let copies = 0;
  for (const { headers = {} } of await messagesOf({ kafka }, deadLetterTopic)) {
    const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const { [deadLetterHeaders.originalPartition]: partition = "", [deadLetterHeaders.originalOffset]: offset = "" } =
      texts;
    const place = placeOf({ partition, offset });
    if (deadLetters.has(place)) copies += 1;
    deadLetters.set(place, texts);
  }
  return { deadLetters, copies };
}
