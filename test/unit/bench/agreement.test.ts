import { expect, test } from "vitest";
import { agree } from "../../../bench/decode/agreement.ts";
import type { Contender } from "../../../bench/decode/contender.ts";
import { plainLoop, tunedLoop } from "../../../bench/decode/contenders/loops.ts";
import { orderEvents } from "../../../bench/decode/order-events.ts";

const events = orderEvents({ records: 20, batch: 7, seed: 1 });
const agreeing = (contender: Contender) => agree([plainLoop, contender], () => events, 20);

/** The plain loop, with something changed in what it hands over. */
function changed(change: (headers: Record<string, string>) => Record<string, string>): Contender {
  return {
    name: "changed",
    decode: (event, sink) =>
      plainLoop.decode(event, {
        ...sink,
        addEvent: () => {},
        addHeaders: (headers, order, createdAtMs) => sink.addHeaders(change({ ...headers }), order, createdAtMs),
      }),
  };
}

test("contenders that decode the same agree on a sum", async () => {
  expect(await agreeing(tunedLoop)).toBeGreaterThan(0);
});

test.each([
  ["another character", (headers: Record<string, string>) => ({ ...headers, ce_id: `x${headers.ce_id?.slice(1)}` })],
  ["a header less", ({ ce_time: _, ...headers }: Record<string, string>) => headers],
])("a contender that decodes %s is told", async (_, change) => {
  await expect(agreeing(changed(change))).rejects.toThrow("decoded something else than plain loop: changed");
});

test("a contender that leaves records out is told", async () => {
  await expect(agreeing({ name: "lazy", decode: () => {} })).rejects.toThrow("lazy decoded 0 of 20 records");
});
