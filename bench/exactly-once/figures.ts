import type { Table } from "../report.ts";
import { pairedRatio, type Spread, samplesOf, spreadOf } from "../rounds.ts";
import { ours } from "./contenders/ours.ts";
import { ratioNames } from "./contenders.ts";
import type { CrashResult } from "./crash.ts";
import type { Cell } from "./measure.ts";
import type { Workload } from "./workload.ts";

export interface MeasuredCell extends Cell {
  readonly workload: Workload["name"];
  /** What a round trip takes longer than to the machine itself. */
  readonly latencyMs: number;
}

export interface Result {
  readonly name: string;
  readonly workload: Workload["name"];
  readonly latencyMs: number;
  /** Median of the rounds. */
  readonly recordsPerSecond: number;
  readonly recordsPerSecondSpread: Spread;
  readonly requestsPerRecord: number;
  readonly wcuPerRecord: number;
  readonly rcuPerRecord: number;
  readonly cancelledTransactionsPerRecord: number;
  /** Records of all rounds that count. */
  readonly records: number;
}

/** Results and ratios for JSON; `headline` names the cell whose ratios stand first. */
export function figuresOf(cells: readonly MeasuredCell[], headline: Pick<MeasuredCell, "workload" | "latencyMs">) {
  const ratiosBeside = cells.map(({ workload, latencyMs, rates }) => ({ workload, latencyMs, ...ratiosOf(rates) }));
  const first = ratiosBeside.find(
    ({ workload, latencyMs }) => workload === headline.workload && latencyMs === headline.latencyMs,
  );
  if (first === undefined) throw new Error(`${headline.workload} at ${headline.latencyMs} ms was not measured`);
  const { workload: _, latencyMs: __, ...ratioSpreads } = first;
  return {
    results: cells.flatMap(resultsOf),
    ratios: {
      overPowertoolsParallel: ratioSpreads.overPowertoolsParallel.median,
      overPowertoolsOrdered: ratioSpreads.overPowertoolsOrdered.median,
      overPowertoolsPartitions: ratioSpreads.overPowertoolsPartitions.median,
    },
    ratioSpreads,
    ratiosBeside,
  };
}

function ratiosOf(rates: Cell["rates"]): Record<keyof typeof ratioNames, Spread> {
  return {
    overPowertoolsParallel: pairedRatio(rates, ours.name, ratioNames.overPowertoolsParallel),
    overPowertoolsOrdered: pairedRatio(rates, ours.name, ratioNames.overPowertoolsOrdered),
    overPowertoolsPartitions: pairedRatio(rates, ours.name, ratioNames.overPowertoolsPartitions),
  };
}

function resultsOf({ workload, latencyMs, rates, used }: MeasuredCell): Result[] {
  return [...used].map(([name, { records, requests, writeUnits, readUnits, cancelled }]) => {
    const spread = spreadOf(samplesOf(rates, name));
    return {
      name,
      workload,
      latencyMs,
      recordsPerSecond: spread.median,
      recordsPerSecondSpread: spread,
      requestsPerRecord: rounded(requests / records),
      wcuPerRecord: rounded(writeUnits / records),
      rcuPerRecord: rounded(readUnits / records),
      cancelledTransactionsPerRecord: rounded(cancelled / records),
      records,
    };
  });
}

export function tableOf(cell: MeasuredCell): Table {
  const rows = resultsOf(cell).map((result) => {
    const { name, recordsPerSecondSpread: rate } = result;
    const times = name === ours.name ? "" : pairedRatio(cell.rates, ours.name, name).median.toFixed(2);
    const { requestsPerRecord, wcuPerRecord, rcuPerRecord, cancelledTransactionsPerRecord } = result;
    return [
      name,
      ...[rate.median, rate.min, rate.max].map((figure) => figure.toFixed(0)),
      ...[requestsPerRecord, wcuPerRecord, rcuPerRecord].map((figure) => figure.toFixed(2)),
      cancelledTransactionsPerRecord.toFixed(3),
      times,
    ];
  });
  const columns = ["", "records/s", "min", "max", "requests", "WCU", "RCU", "cancelled", "ours ×"];
  return { title: `${cell.workload}, ${cell.latencyMs} ms: a record`, columns, rows };
}

export function crashTable(crashes: readonly CrashResult[]): Table {
  const rows = crashes.map(({ name, records, effectsAtCrash, lost, doubled, deliveries, secondsToDone }) => [
    name,
    ...[records, effectsAtCrash, lost, doubled, deliveries].map(String),
    secondsToDone.toFixed(1),
  ]);
  const columns = ["", "records", "effects at the crash", "lost", "doubled", "deliveries", "s until done"];
  return { title: "a crash in the middle of a batch: effects", columns, rows };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
