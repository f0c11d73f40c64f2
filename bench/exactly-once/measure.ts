import { invoke } from "../../shared/testing/index.ts";
import { orderEvents, withoutPrefix } from "../decode/order-events.ts";
import { interleavedRounds, type Samples } from "../rounds.ts";
import type { Contender } from "./contender.ts";
import { type Clients, connectAll, createClients, noUsage, type Usage } from "./metered-client.ts";
import { claimsTable, freshTables, itemsOf } from "./tables.ts";
import type { Workload } from "./workload.ts";

const warmUps = 2;
const seed = 20_260_101;
/** Far more than a round takes: nobody is to give up. */
const timeoutMs = 300_000;

export interface CellOptions {
  readonly contenders: readonly Contender[];
  readonly workload: Workload;
  readonly rounds: number;
  /** Records that a contender takes in a round, in one invocation. */
  readonly recordsOf: (contender: Contender) => number;
  /** Of DynamoDB as the contenders reach it. */
  readonly port: number;
  /** Past every proxy: to prepare tables and look at them. */
  readonly direct: Clients;
}

/** What one workload at one latency came to. */
export interface Cell {
  /** Records a second, by contender and round. */
  readonly rates: Samples;
  /** What the counted rounds asked of DynamoDB, by contender. */
  readonly used: ReadonlyMap<string, Usage & { readonly records: number }>;
}

/** Measures every contender in each round on fresh tables, and looks after each whether all effects are there, once. */
export async function measureCell(options: CellOptions): Promise<Cell> {
  const { workload, rounds, recordsOf, port, direct } = options;
  const contenders = options.contenders.map((contender) => {
    const usage = noUsage();
    const clients = createClients({ port, usage });
    const decide = workload.createDecide(clients.documents);
    const consumer = contender.createConsumer({ ...clients, claimsTable: claimsTable.name, decide });
    return { ...contender, usage, clients, consumer, records: recordsOf(contender), round: -warmUps };
  });
  const used = new Map(contenders.map(({ name }) => [name, { ...noUsage(), records: 0 }]));

  const rates = await interleavedRounds({
    contenders,
    rounds,
    warmUps,
    async measure(contender) {
      const { name, consumer, records, usage } = contender;
      const round = contender.round++;
      const orders = workload.ordersOf(Math.max(0, round), records);
      const [event] = orderEvents({ records, batch: records, seed, orderOf: (index) => orders[index] ?? gone(index) });
      if (event === undefined) throw new Error("a round has no records");
      await freshTables(direct.client, [claimsTable, ...workload.tables]);
      await workload.prepare(direct.documents, orders);
      await connectAll(contender.clients, claimsTable);
      Object.assign(usage, noUsage());
      const seconds = await invoke(
        async (parsed, context) => {
          const start = process.hrtime.bigint();
          await consumer(parsed, context);
          return Number(process.hrtime.bigint() - start) / 1e9;
        },
        contender.withoutPrefix ? withoutPrefix(event) : event,
        { timeoutMs },
      );
      const counted = used.get(name);
      if (round >= 0 && counted !== undefined) add(counted, { ...usage, records });
      const claims = await itemsOf(direct.documents, claimsTable);
      const faults = await workload.faults(direct.documents, orders);
      if (faults.length > 0 || claims.size !== records) {
        throw new Error(`${name}, ${workload.name}: ${[...faults, `${claims.size} claims`].join("; ")}`);
      }
      return records / seconds;
    },
  });
  for (const { clients } of contenders) clients.client.destroy();
  return { rates, used };
}

function add<T extends Readonly<Record<keyof T, number>>>(sum: { -readonly [K in keyof T]: number }, more: T): void {
  for (const name in more) sum[name] += more[name];
}

function gone(index: number): never {
  throw new Error(`record ${index} has no order`);
}
