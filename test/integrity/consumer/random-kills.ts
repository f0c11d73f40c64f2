import type { ConsumerOptions } from "./consumer.ts";

/**
 * Kill times for the first consumers that a delivery starts; later ones are left alone. A time is uniform from 0 to a
 * bound, which is halved when an invocation was over before and grows when one was not: so it finds the length of an
 * invocation, whatever the machine, and a kill may come at any moment of it.
 *
 * @param kills consumers that are killed
 */
export function randomKills(random: () => number, kills: number) {
  let longestMs = 300;
  return (number: number): Pick<ConsumerOptions, "killAfterMs"> => {
    if (number > 0) longestMs *= 1.5;
    if (number >= kills) return {};
    let invocations = 0;
    return {
      killAfterMs() {
        if (invocations++ > 0) longestMs /= 2;
        return random() * longestMs;
      },
    };
  };
}
