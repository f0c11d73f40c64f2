import type { BackboneError } from "../errors.ts";
import type { Deadline } from "./deadline.ts";
import { isOfSurroundings, latestTrouble, surroundingsError } from "./surroundings.ts";

/**
 * Repeats a call while the surroundings are away and there is time.
 *
 * @param repeats whether to repeat it for an error of the surroundings; @default always
 * @throws a retriable BackboneError when the time is up; the call's own error when it is not of the surroundings
 */
export async function untilAnswered<T>(
  deadline: Deadline,
  call: () => Promise<T>,
  repeats: (error: unknown) => boolean = () => true,
): Promise<T> {
  let trouble: BackboneError | undefined;
  for (let attempt = 0; ; attempt++) {
    try {
      return await deadline.race(call);
    } catch (error) {
      if (!isOfSurroundings(error) || !repeats(error)) throw error;
      trouble = latestTrouble(trouble, surroundingsError(error));
      if (!(await deadline.backoff(attempt))) throw trouble;
    }
  }
}
