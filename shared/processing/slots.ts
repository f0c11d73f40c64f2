import { AsyncLocalStorage } from "node:async_hooks";

/** Slots for work in progress, of which there are few; what waits gives its slot to others. */
export class Slots {
  #free: number;
  /** Those whose wait is over and who want a slot again: each in the order in which the waits ended. */
  readonly #decided: (() => void)[] = [];
  readonly #undecided: (() => void)[] = [];
  #begin: () => boolean = () => false;

  constructor(concurrency: number) {
    this.#free = concurrency;
  }

  /**
   * Runs the work for all, each in a slot, in their order as far as there are slots. Waits for all before it rejects with
   * the first failure, so that nothing runs on. To be called once.
   */
  async workAll<In, Out>(all: readonly In[], work: (one: In) => Promise<Out>): Promise<Out[]> {
    const results: Out[] = [];
    const failures: unknown[] = [];
    const workers: Promise<void>[] = [];
    const queue = all.entries();
    let left = all.length;
    const worker = async () => {
      for (const [index, one] of queue) {
        left--;
        try {
          results[index] = await work(one);
        } catch (error) {
          failures.push(error);
        }
        // Where it stops, another worker goes on: the iterator is that of all.
        if (this.#decided.length > 0) break;
      }
      this.#release();
    };
    // A worker that takes the slot of a record that waits is no part of that record's trace.
    const outside = AsyncLocalStorage.snapshot();
    this.#begin = () => {
      if (left === 0) return false;
      workers.push(outside(worker));
      return true;
    };
    while (this.#free > 0 && this.#begin()) this.#free--;
    // It grows meanwhile: a worker begins others before it ends.
    for (const end of workers) await end;
    if (failures.length > 0) throw failures[0];
    return results;
  }

  /**
   * Waits without a slot, and resolves in one. Who has decided already comes first: what it has done, or read, would grow
   * old. Who has not had a turn yet comes before those who want another.
   */
  async whileWaiting<T>(wait: Promise<T>, { decided = false } = {}): Promise<T> {
    this.#release();
    try {
      return await wait;
    } finally {
      const returning = decided ? this.#decided : this.#undecided;
      if (this.#free > 0) this.#free--;
      else await new Promise<void>((resolve) => returning.push(resolve));
    }
  }

  #release(): void {
    const decided = this.#decided.shift();
    if (decided !== undefined) decided();
    else if (!this.#begin()) {
      const undecided = this.#undecided.shift();
      if (undecided !== undefined) undecided();
      else this.#free++;
    }
  }
}
