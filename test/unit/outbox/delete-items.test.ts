import { expect, test } from "vitest";
import { createDeleteItems } from "../../../shared/outbox/delete-items.ts";
import { FakeTable, unsent } from "./fake-table.ts";

function deletionsOf(table: FakeTable) {
  return createDeleteItems({ client: table.client, table: "outbox", random: () => 0 });
}

test("what is to go in one turn goes together, and each item once", async () => {
  const table = new FakeTable();
  const [a, b, c] = [1, 2, 3].map((offset) => table.put("k", offset, [unsent("a")]));
  const deleteItems = deletionsOf(table);
  if (!a || !b || !c) return expect.unreachable();

  await Promise.all([deleteItems([a, b]), deleteItems([b]), deleteItems([])]);
  await deleteItems([c]);

  expect(table.calls).toEqual(["delete 2", "delete 1"]);
  expect(table.items).toEqual([]);
});

test("items that DynamoDB keeps leaving unprocessed fail those who wait for them, after five calls", async () => {
  const table = new FakeTable();
  const item = table.put("k", 1, [unsent("a")]);
  table.keepsUnprocessed = true;

  await expect(deletionsOf(table)([item])).rejects.toMatchObject({
    code: "DATABASE_UNAVAILABLE",
    message: "1 items of the outbox stay undeleted after 5 calls",
  });

  expect(table.calls).toHaveLength(5);
});

test("a failure is that of its own turn", async () => {
  const table = new FakeTable();
  const item = table.put("k", 1, [unsent("a")]);
  const deleteItems = deletionsOf(table);
  table.failure = new Error("away");
  await expect(deleteItems([item])).rejects.toThrow("away");
  table.failure = undefined;

  await deleteItems([item]);

  expect(table.items).toEqual([]);
});
