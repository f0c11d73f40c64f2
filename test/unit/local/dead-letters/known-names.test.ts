import { expect, test } from "vitest";
import { knownNames } from "../../../../local/dead-letters/known-names.ts";

const none = { code: undefined, group: undefined };

test.each([
  none,
  { ...none, code: "HANDLER_FAILED" },
  { ...none, code: "OFFLOADED" },
  { ...none, code: "java.lang.IllegalStateException" },
  { ...none, group: "inventory" },
  { ...none, group: "billing" },
])("what the project, the access file or a dead letter has is known: %o", (choice) => {
  const known = knownNames(["inventory"]);
  known.learn({ errorCode: "java.lang.IllegalStateException", consumerGroup: "billing" });
  expect(() => known.check(choice)).not.toThrow();
});

test.each([
  [
    { ...none, code: "HANDLER_FAILD" },
    /^--code HANDLER_FAILD: has to be one of MALFORMED_EVENT, .*, OFFLOADED, UNKNOWN$/,
  ],
  [{ ...none, group: "inventroy" }, /^--group inventroy: has to be one of inventory, order-status$/],
])("anything else is refused, with what there is: %o", (choice, message) => {
  const known = knownNames(["inventory", "order-status"]);
  known.learn({ errorCode: "UNKNOWN", consumerGroup: undefined });
  expect(() => known.check(choice)).toThrow(message);
});
