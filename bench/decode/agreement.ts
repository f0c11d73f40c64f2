import type { MskEvent } from "../../shared/msk-event/index.ts";
import type { Contender, Sink } from "./contender.ts";
import { DigestSink, SumSink } from "./sinks.ts";

/**
 * Lets every contender decode everything once and compares what came of it, to the last character; a contender that
 * decodes less or something else has no place in a comparison of speed.
 *
 * @returns the sum that each contender has to come to in every round
 */
export async function agree(
  contenders: readonly Contender[],
  inputOf: (contender: Contender) => readonly MskEvent[],
  records: number,
): Promise<number> {
  const outcomes: { name: string; digest: string; sum: number }[] = [];
  for (const contender of contenders) {
    const whole = await decodeAll(contender, inputOf(contender), new DigestSink());
    if (whole.records !== records) throw new Error(`${contender.name} decoded ${whole.records} of ${records} records`);
    const { sum } = await decodeAll(contender, inputOf(contender), new SumSink());
    outcomes.push({ name: contender.name, digest: whole.digest(), sum });
  }
  const [first] = outcomes;
  const different = outcomes.filter(({ digest, sum }) => digest !== first?.digest || sum !== first.sum);
  if (first === undefined || different.length > 0) {
    throw new Error(`decoded something else than ${first?.name}: ${different.map(({ name }) => name).join(", ")}`);
  }
  return first.sum;
}

async function decodeAll<S extends Sink>(contender: Contender, events: readonly MskEvent[], sink: S): Promise<S> {
  for (const event of events) await contender.decode(event, sink);
  return sink;
}
