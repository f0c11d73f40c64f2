import { withCauses } from "../causes.ts";

/**
 * The first of Kafka's names of errors that is wanted, of the error or of what it was caused by: kafkajs wraps what it gives
 * up on.
 * https://kafka.apache.org/43/design/protocol/#error-codes
 */
export function protocolErrorOf(error: unknown, isWanted: (name: unknown) => boolean): unknown {
  return withCauses(error)
    .map((one) => ("type" in one ? one.type : undefined))
    .find(isWanted);
}
