import type { Arguments } from "../arguments.ts";
import { circumstances, type Report, type Table } from "../report.ts";
import { interleavedRounds, pairedRatio, type Samples, type Spread, samplesOf, spreadOf } from "../rounds.ts";
import { agree } from "./agreement.ts";
import type { Contender } from "./contender.ts";
import { cloudEventsSdk } from "./contenders/cloudevents-sdk.ts";
import { plainLoop, tunedLoop } from "./contenders/loops.ts";
import { ours } from "./contenders/ours.ts";
import { powertools, powertoolsCloudEvent } from "./contenders/powertools.ts";
import { confluent, kafkajsRegistry } from "./contenders/registry-clients.ts";
import { orderEvents, withoutPrefix } from "./order-events.ts";
import { SumSink } from "./sinks.ts";

const records = 10_000;
const seed = 20_260_101;
const warmUps = 3;

const packages = [
  "@aws-lambda-powertools/kafka",
  "@confluentinc/schemaregistry",
  "@kafkajs/confluent-schema-registry",
  "avro-js",
  "avsc",
  "cloudevents",
];

/** Measures how long a record takes from the MSK event, already parsed from JSON, to decoded headers and data. */
export async function decode({ batches, rounds }: Arguments): Promise<Report> {
  const contenders: readonly Contender[] = [
    ours,
    tunedLoop,
    plainLoop,
    await kafkajsRegistry(),
    cloudEventsSdk,
    await confluent(),
    powertools,
    powertoolsCloudEvent,
  ];
  const measured: Measured[] = [];
  for (const batch of batches) measured.push(await measureBatches(contenders, batch, rounds));
  const [first, ...others] = measured.map(figures);
  return {
    json: { bench: "decode", ...first, records, seed, otherBatches: others, ...circumstances(rounds, packages) },
    tables: measured.map(table),
    notes: [
      `${records} records in partitions of one topic, 7 headers each; JSON.parse of the event is not measured`,
      "Powertools cannot read the Confluent wire format: it gets the values without their prefix of five bytes",
      "registries answer from memory; all contenders decoded the same, by a digest of every header and field",
    ],
  };
}

interface Measured {
  readonly batch: number;
  readonly samples: Samples;
  readonly overTunedLoop: Spread;
  readonly powertoolsOver: Spread;
}

async function measureBatches(contenders: readonly Contender[], batch: number, rounds: number): Promise<Measured> {
  const framed = orderEvents({ records, batch, seed });
  const bare = framed.map(withoutPrefix);
  const inputOf = (contender: Contender) => (contender.withoutPrefix ? bare : framed);
  const expectedSum = await agree(contenders, inputOf, records);

  const samples = await interleavedRounds({
    contenders,
    rounds,
    warmUps,
    async measure(contender) {
      const sink = new SumSink();
      const events = inputOf(contender);
      const start = process.hrtime.bigint();
      for (const event of events) await contender.decode(event, sink);
      const elapsedNs = Number(process.hrtime.bigint() - start);
      if (sink.sum !== expectedSum) throw new Error(`${contender.name} decoded something else in a round`);
      return elapsedNs / 1000 / records;
    },
  });
  return {
    batch,
    samples,
    overTunedLoop: pairedRatio(samples, ours.name, tunedLoop.name),
    powertoolsOver: pairedRatio(samples, powertools.name, ours.name),
  };
}

function figures({ batch, samples, overTunedLoop, powertoolsOver }: Measured) {
  return {
    batch,
    results: [...samples].map(([name, sample]) => ({ name, usPerRecord: spreadOf(sample) })),
    ratios: { overTunedLoop: overTunedLoop.median, powertoolsOver: powertoolsOver.median },
    ratioSpreads: { overTunedLoop, powertoolsOver },
  };
}

function table({ batch, samples }: Measured): Table {
  const rows = [...samples.keys()].map((name) => {
    const { median, min, max } = spreadOf(samplesOf(samples, name));
    const figuresOf = [median, min, max].map((us) => us.toFixed(2));
    const ratios = [pairedRatio(samples, name, tunedLoop.name), pairedRatio(samples, name, ours.name)];
    return [name, ...figuresOf, ...ratios.map((ratio) => ratio.median.toFixed(2))];
  });
  const columns = ["", "median", "min", "max", "× tuned loop", "× ours"];
  return { title: `decode, batches of ${batch}: µs a record`, columns, rows };
}
