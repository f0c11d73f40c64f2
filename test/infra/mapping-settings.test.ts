import { Duration } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { checkMapping, type MappingSettings } from "../../infra/constructs/mapping-settings.ts";
import { access } from "./backbone.ts";

const [topic] = access.topics;
const service = access.services.find(({ name }) => name === "inventory");

function check(settings: Partial<MappingSettings>): void {
  if (topic === undefined || service === undefined) throw new Error("the access file has lost its consumer");
  checkMapping({ timeout: Duration.seconds(60), ...settings }, { topic, service });
}

const provisioned = { pollers: { minimum: 1, maximum: 6 } };

test("everything that Lambda takes is taken", () => {
  check({});
  check({ batchSize: 10_000, batchWindow: Duration.seconds(300), timeout: Duration.minutes(14) });
  check({
    ...provisioned,
    partialBatchResponse: true,
    bisectBatchOnError: true,
    retryAttempts: -1,
    maxRecordAge: Duration.days(7),
  });
});

test.each<[string, Partial<MappingSettings>]>([
  ["partialBatchResponse", { partialBatchResponse: true }],
  ["bisectBatchOnError", { bisectBatchOnError: true }],
  ["retryAttempts", { retryAttempts: 3 }],
  ["maxRecordAge", { maxRecordAge: Duration.hours(1) }],
  ["offloadToDeadLetters", { offloadToDeadLetters: true, retryAttempts: 5 }],
])("%s without provisioned mode is refused", (name, settings) => {
  expect(() => check(settings)).toThrow(`${name}: needs provisioned mode, set pollers too`);
});

test.each<[string, Partial<MappingSettings>, string]>([
  ["more pollers than partitions", { pollers: { minimum: 1, maximum: 7 } }, "pollers.maximum: must be at most 6"],
  ["fewer at most than at least", { pollers: { minimum: 3, maximum: 2 } }, "pollers.minimum: must be at most"],
  ["an empty batch", { batchSize: 0 }, "batchSize: must be an integer of 1 to 10000, got 0"],
  [
    "a window of parts of a second",
    { batchWindow: Duration.millis(500) },
    "batchWindow: must be an integer of 0 to 300",
  ],
  [
    "a function that outlives the mapping",
    { timeout: Duration.minutes(15) },
    "timeout: must be an integer of 1 to 840",
  ],
  ["too many retries", { ...provisioned, retryAttempts: 10_001 }, "retryAttempts: must be an integer of -1 to 10000"],
  [
    "offloading after retries without end",
    { ...provisioned, offloadToDeadLetters: true },
    "retryAttempts: must be 0 or more with offloadToDeadLetters, got -1",
  ],
  ["records that are hardly retried", { ...provisioned, maxRecordAge: Duration.seconds(59) }, "maxRecordAge: must be"],
])("%s is refused", (_, settings, message) => {
  expect(() => check(settings)).toThrow(message);
});

test("every wrong setting is named at once, with the mapping it is of", () => {
  expect(() => check({ batchSize: 0, retryAttempts: 1 })).toThrow(
    "event source mapping of inventory for order-events: batchSize: must be an integer of 1 to 10000, got 0; " +
      "retryAttempts: needs provisioned mode, set pollers too",
  );
});

test("a topic that the access file does not let the service consume is refused", () => {
  const journal = access.topics.find(({ name }) => name === "kafkasql-journal");
  if (journal === undefined || service === undefined) throw new Error("the access file has lost its registry");

  expect(() => checkMapping({ timeout: Duration.seconds(60) }, { topic: journal, service })).toThrow(
    "topic: must be one that the service consumes (order-events), got 'kafkasql-journal'",
  );
});
