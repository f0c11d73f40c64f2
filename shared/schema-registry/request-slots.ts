/** Slots for what runs at the same time, given in the order in which they were asked for. */
export interface RequestSlots {
  /** Waits for a slot, at most this long, in milliseconds. @returns whether there was one; it is to be given back */
  take(waitMs: number): Promise<boolean>;
  giveBack(): void;
}

/** @param count 1 or more */
export function createRequestSlots(count: number): RequestSlots {
  let free = count;
  const waiting = new Set<() => void>();

  return {
    async take(waitMs) {
      if (free > 0) {
        free--;
        return true;
      }
      return new Promise<boolean>((resolve) => {
        const turn = () => {
          clearTimeout(timer);
          resolve(true);
        };
        const timer = setTimeout(() => {
          waiting.delete(turn);
          resolve(false);
        }, waitMs);
        waiting.add(turn);
      });
    },
    giveBack() {
      const [next] = waiting;
      if (next === undefined) {
        free++;
        return;
      }
      waiting.delete(next);
      next();
    },
  };
}
