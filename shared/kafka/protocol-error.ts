/** How far a chain of causes is followed: it may be a circle. */
const maxCauses = 5;

/**
 * The first of Kafka's names of errors that is wanted, of the error or of what it was caused by: kafkajs wraps what it gives
 * up on.
 * https://kafka.apache.org/43/design/protocol/#error-codes
 */
export function protocolErrorOf(error: unknown, isWanted: (name: unknown) => boolean): unknown {
  let cause = error;
  for (let depth = 0; depth <= maxCauses && cause instanceof Error; depth++) {
    if ("type" in cause && isWanted(cause.type)) return cause.type;
    ({ cause } = cause);
  }
  return undefined;
}
