import { BackboneError } from "../../shared/errors.ts";

/** Whether the brokers are MSK's, by their names. */
export function areOfMsk(brokers: readonly string[]): boolean {
  return brokers.some((broker) => regionIn(broker) !== undefined);
}

/**
 * The region of an MSK cluster: from its brokers' names, or else (a tunnel) from AWS_REGION.
 *
 * @throws BackboneError INVALID_OPTIONS if neither says
 */
export function regionOf(brokers: readonly string[], env: NodeJS.ProcessEnv): string {
  const region = brokers.map(regionIn).find((found) => found !== undefined) ?? env.AWS_REGION;
  if (region !== undefined && region !== "") return region;
  throw new BackboneError("INVALID_OPTIONS", `AWS_REGION: must be set, ${brokers.join(",")} do not name a region`);
}

/** b-1.name.a1b2c3.c4.kafka.eu-central-1.amazonaws.com:9098, or kafka-serverless in place of kafka. */
function regionIn(broker: string): string | undefined {
  return /\.kafka(?:-serverless)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?:\d+$/.exec(broker)?.[1];
}
