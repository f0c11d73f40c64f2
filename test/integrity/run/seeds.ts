/**
 * The seeds of this run, one a round: `INTEGRITY_SEED` (1 where it is not set, so that a red run of CI is a change's
 * doing and not a number's) and the ones that follow it, as many as `INTEGRITY_ROUNDS` says (1).
 */
export const seeds: readonly number[] = Array.from(
  { length: Number(process.env.INTEGRITY_ROUNDS ?? 1) },
  (_, round) => Number(process.env.INTEGRITY_SEED ?? 1) + round,
);
