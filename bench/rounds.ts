/** Median, least and greatest of samples, to a thousandth. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Samples by contender, one a round: sample n of each was taken in the same round. */
export type Samples = ReadonlyMap<string, readonly number[]>;

export interface RoundsOptions<C> {
  readonly contenders: readonly C[];
  readonly rounds: number;
  /** Rounds before the first that counts. */
  readonly warmUps: number;
  /** One sample of one contender. */
  readonly measure: (contender: C) => Promise<number>;
}

/**
 * Measures every contender once a round, each round beginning with another one, after a full garbage collection. What
 * else the machine does meets all contenders of a round alike, which is why ratios are taken within rounds.
 */
export async function interleavedRounds<C extends { readonly name: string }>(
  options: RoundsOptions<C>,
): Promise<Samples> {
  const { contenders, rounds, warmUps, measure } = options;
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("run with node --expose-gc: garbage is collected between measurements");
  const samples = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = -warmUps; round < rounds; round++) {
    const first = (round + warmUps) % contenders.length;
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      gc();
      const sample = await measure(contender);
      if (round >= 0) samples.get(contender.name)?.push(sample);
    }
  }
  return samples;
}

export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const median = (at(sorted, Math.ceil(middle) - 1) + at(sorted, Math.floor(middle))) / 2;
  return { median: rounded(median), min: rounded(at(sorted, 0)), max: rounded(at(sorted, sorted.length - 1)) };
}

/** How many times the first is the second, round by round. */
export function pairedRatio(samples: Samples, over: string, under: string): Spread {
  const unders = samplesOf(samples, under);
  return spreadOf(samplesOf(samples, over).map((sample, round) => sample / at(unders, round)));
}

export function samplesOf(samples: Samples, name: string): readonly number[] {
  const found = samples.get(name);
  if (found === undefined) throw new Error(`no contender is called ${name}`);
  return found;
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? Number.NaN;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
