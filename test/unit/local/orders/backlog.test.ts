import { expect, it } from "vitest";
import { workedOff } from "../../../../local/orders/backlog.ts";

/** Waits over these readings; after the last there is nothing more to read. */
async function wait(readings: readonly number[], deadlineMs = 60_000) {
  const rest = [...readings];
  const left = await workedOff(async () => rest.shift() ?? expect.fail("read too often"), { deadlineMs, pauseMs: 0 });
  return { left, rest };
}

it("ends when there is nothing left twice in a row", async () => {
  expect(await wait([5, 2, 0, 0, 9])).toEqual({ left: 0, rest: [9] });
});

it("goes on when something follows from what was done last: an outbox has sent", async () => {
  expect(await wait([3, 0, 4, 0, 0])).toEqual({ left: 0, rest: [] });
});

it("gives up when nothing changes for as long as the deadline says, and gives what is left", async () => {
  let reads = 0;
  const stuck = async () => (++reads < 50 ? 50 - reads : 1);
  expect(await workedOff(stuck, { deadlineMs: 2_000, pauseMs: 1 })).toBe(1);
  expect(reads).toBeGreaterThan(50);
});
