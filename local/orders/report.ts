import { styleText } from "node:util";
import { orderStates } from "./audit.ts";
import type { OrdersOutcome } from "./run-orders.ts";

/** Refused or failed orders, and findings, that the summary lists before it only counts them. */
const maxListed = 100;

/** True when every accepted order is processed or dead-lettered, once, and every order was settled. */
export function isAsPromised(outcome: OrdersOutcome): boolean {
  const { accepted, failed, processed, deadLettered, lost, duplicated } = outcome;
  return accepted.length === processed + deadLettered && lost === 0 && duplicated === 0 && failed.length === 0;
}

/** The one object that `--json` prints. */
export function toJson(outcome: OrdersOutcome): string {
  const { ordersRead, accepted, refused, processed, deadLettered, lost, duplicated, statuses, elapsedMs } = outcome;
  const counts = { accepted: accepted.length, refused: refused.length, processed, deadLettered, lost, duplicated };
  return JSON.stringify({ ordersRead, ...counts, statuses, elapsedMs });
}

/** The summary for people. */
export function toText(outcome: OrdersOutcome): string {
  const { ordersRead, accepted, refused, failed, elapsedMs, findings } = outcome;
  const seconds = elapsedMs / 1000;
  const bad = (count: number) => styleText(count === 0 ? "dim" : "red", count.toLocaleString("en"));
  const rows: [string, string][] = [
    ["orders read", ordersRead.toLocaleString("en")],
    ["accepted", accepted.length.toLocaleString("en")],
    ["refused", refused.length.toLocaleString("en")],
    ...(failed.length > 0 ? [["not settled", bad(failed.length)] as [string, string]] : []),
    ["processed", styleText("green", outcome.processed.toLocaleString("en"))],
    ["dead-lettered", outcome.deadLettered.toLocaleString("en")],
    ["lost", bad(outcome.lost)],
    ["duplicated", bad(outcome.duplicated)],
    ["order-status", orderStates.map((state) => `${outcome.statuses[state].toLocaleString("en")} ${state}`).join(", ")],
  ];
  return [
    "",
    ...rows.map(([name, value]) => `  ${name.padEnd(15)}${value}`),
    `  ${"time".padEnd(15)}${seconds.toFixed(1)} s (${Math.round(accepted.length / seconds)} orders/s)`,
    ...listed(
      "Refused",
      refused.map(({ orderId, reason }) => `${orderId}  ${reason}`),
    ),
    ...listed(
      "Not settled",
      failed.map(({ orderId, reason }) => `${orderId}  ${reason}`),
    ),
    ...listed("Not as promised", findings),
    "",
    isAsPromised(outcome)
      ? styleText("green", "Every accepted order took effect exactly once or is a dead letter.")
      : styleText("red", "The promise is broken: see the counts above and the logs."),
  ].join("\n");
}

function listed(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - maxListed;
  return [
    "",
    `${title}:`,
    ...lines.slice(0, maxListed).map((line) => `  ${line}`),
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
  ];
}
