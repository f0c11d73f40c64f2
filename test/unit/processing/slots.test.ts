import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "vitest";
import { Slots } from "../../../shared/processing/slots.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("slots", () => {
  test("what waits gives its slot to others, and no more than there are slots work at once", async () => {
    const slots = new Slots(2);
    let working = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++working);
      await turn();
      working--;
    };
    let waits = 0;
    const others = Promise.withResolvers<void>();
    const results = await slots.workAll([0, 1, 2, 3, 4, 5, 6, 7], async (index) => {
      await work();
      if (index < 5) {
        waits++;
        await slots.whileWaiting(others.promise);
        await work();
      } else if (index === 7) others.resolve();
      return index * 10;
    });
    expect(results).toEqual([0, 10, 20, 30, 40, 50, 60, 70]);
    expect(waits).toBe(5);
    expect(most).toBe(2);
  });

  test("what has not begun comes before what has waited, and that in the order in which its waits ended", async () => {
    const slots = new Slots(1);
    const waits = new Map(["a", "b"].map((name) => [name, Promise.withResolvers<void>()]));
    const order: string[] = [];
    await slots.workAll(["a", "b", "c", "d"], async (name) => {
      order.push(name);
      const wait = waits.get(name);
      if (wait) await slots.whileWaiting(wait.promise);
      else if (name === "c") {
        for (const ended of ["b", "a"]) {
          waits.get(ended)?.resolve();
          await turn();
        }
      }
      order.push(`${name} through`);
    });
    expect(order).toEqual(["a", "b", "c", "c through", "d", "d through", "b through", "a through"]);
  });

  test("what has decided comes back before what has not begun, also in the middle of a worker's queue", async () => {
    const slots = new Slots(1);
    const order: string[] = [];
    await slots.workAll(["a", "b", "c"], async (name) => {
      order.push(name);
      if (name === "a") await slots.whileWaiting(turn(), { decided: true });
      else for (let turns = 0; turns < 3; turns++) await turn();
      order.push(`${name} through`);
    });
    expect(order).toEqual(["a", "b", "b through", "a through", "c", "c through"]);
  });

  test("rejects with the first failure when all have ended, those that wait too", async () => {
    const slots = new Slots(1);
    const ended: string[] = [];
    const run = slots.workAll(["waits", "fails", "works"], async (name) => {
      if (name === "fails") throw new Error("first");
      if (name === "waits") await slots.whileWaiting(turn());
      ended.push(name);
    });
    await expect(run).rejects.toThrow("first");
    expect(ended).toEqual(["works", "waits"]);
  });

  test("work that begins in another's slot is not in its asynchronous context", async () => {
    const slots = new Slots(1);
    const storage = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    await storage.run("batch", () =>
      slots.workAll(["a", "b", "c"], async (name) => {
        seen.push(storage.getStore());
        await storage.run(name, () => slots.whileWaiting(turn()));
      }),
    );
    expect(seen).toEqual(["batch", "batch", "batch"]);
  });
});
