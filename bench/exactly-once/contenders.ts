import type { Contender } from "./contender.ts";
import { ours } from "./contenders/ours.ts";
import { powertoolsOrdered, powertoolsParallel, powertoolsPartitions } from "./contenders/powertools.ts";

export const contenders: readonly Contender[] = [ours, powertoolsParallel, powertoolsOrdered, powertoolsPartitions];

/** The rivals of the ratios, by the ratio's name. */
export const ratioNames = {
  overPowertoolsParallel: powertoolsParallel.name,
  overPowertoolsOrdered: powertoolsOrdered.name,
  overPowertoolsPartitions: powertoolsPartitions.name,
} as const;
