import { expect, test } from "vitest";
import { missingGrant } from "../../../shared/kafka/index.ts";

function refusal(type: string): Error {
  return Object.assign(new Error("Not authorized"), { type });
}

const write = { operation: "WRITE", topics: ["orders"] } as const;
const read = { operation: "READ", topic: "orders", group: "stock" } as const;

test.each([
  [
    "TOPIC_AUTHORIZATION_FAILED",
    write,
    "inventory may not WRITE to topic orders: add it to services.inventory.produces in infra/access.yaml",
  ],
  [
    // A producer that may write nowhere is refused before it names a topic.
    "CLUSTER_AUTHORIZATION_FAILED",
    write,
    "inventory may not WRITE to topic orders: add it to services.inventory.produces in infra/access.yaml",
  ],
  [
    "TOPIC_AUTHORIZATION_FAILED",
    { operation: "WRITE", topics: ["orders", "orders", "bills"] },
    "inventory may not WRITE to one of the topics orders, bills: add it to services.inventory.produces in " +
      "infra/access.yaml",
  ],
  [
    "TOPIC_AUTHORIZATION_FAILED",
    read,
    "inventory may not READ topic orders: add it to services.inventory.consumes in infra/access.yaml",
  ],
  [
    "GROUP_AUTHORIZATION_FAILED",
    read,
    "inventory may not READ in group stock: in infra/access.yaml, services.inventory.consumes must not be empty and " +
      "services.inventory.group-id must give it that group",
  ],
] as const)("%s names principal, operation, resource and the place in the access file", (type, use, message) => {
  expect(missingGrant(refusal(type), { principal: "inventory", service: "inventory" }, use)).toBe(message);
});

test("a principal whose service is not known is told what to look for", () => {
  expect(missingGrant(refusal("TOPIC_AUTHORIZATION_FAILED"), { principal: "the function's role" }, write)).toBe(
    "the function's role may not WRITE to topic orders: add it to produces of its service in infra/access.yaml",
  );
});

test("what kafkajs wraps when it gives up is looked into", () => {
  const wrapped = new Error("Not authorized", { cause: refusal("TOPIC_AUTHORIZATION_FAILED") });

  expect(missingGrant(wrapped, { principal: "inventory" }, write)).toContain("inventory may not WRITE to topic orders");
});

test.each([
  ["another error of the protocol", refusal("UNKNOWN_TOPIC_OR_PARTITION")],
  ["an error of the network", new Error("connect ECONNREFUSED")],
  ["what is no error", "no"],
])("%s is no missing grant", (_, error) => {
  expect(missingGrant(error, { principal: "inventory" }, write)).toBeUndefined();
});
