/** How far a chain of causes is followed: a client wraps once or twice, and a chain may be a circle. */
const maxErrors = 5;

/** The error and what caused it, as far as these are errors: 5 at most. */
export function withCauses(error: unknown): Error[] {
  const errors: Error[] = [];
  for (let current = error; current instanceof Error && errors.length < maxErrors; current = current.cause) {
    errors.push(current);
  }
  return errors;
}
