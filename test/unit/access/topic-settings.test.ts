import { expect, test } from "vitest";
import { parseAccess, topicsOf } from "../../../shared/access/index.ts";
import { problemOf } from "./state.ts";

function fileWith(setting: string, value: string): string {
  return `topics: { orders: { partitions: 1, configs: { ${setting}: ${value} } } }`;
}

test.each([
  ["max.message.bytes", "lots", 'an integer of 0 to 2147483647, got "lots"'],
  ["max.message.bytes", "2147483648", "an integer of 0 to 2147483647, got 2147483648"],
  ["segment.ms", "1d", 'an integer of 1 to 9223372036854775807, got "1d"'],
  ["retention.bytes", "10MB", 'an integer of -9223372036854775808 to 9223372036854775807, got "10MB"'],
  ["retention.ms", "-2", "an integer of -1 to 9223372036854775807, got -2"],
  ["retention.ms", "9223372036854775808", 'an integer of -1 to 9223372036854775807, got "9223372036854775808"'],
  ["min.insync.replicas", "2.5", "an integer of 1 to 2147483647, got 2.5"],
  ["compression.gzip.level", "0", "-1 or an integer of 1 to 9, got 0"],
  ["compression.type", "zipp", 'uncompressed or zstd or lz4 or snappy or gzip or producer, got "zipp"'],
  ["cleanup.policy", "delet", 'a list of compact, delete, which may be empty, got "delet"'],
  ["cleanup.policy", '"delete,"', 'a list of compact, delete, which may be empty, got "delete,"'],
  ["cleanup.policy", '"delete,\\ncompact"', 'a list of compact, delete, which may be empty, got "delete,\\ncompact"'],
  ["remote.storage.enable", "maybe", 'true or false, got "maybe"'],
  ["min.cleanable.dirty.ratio", "1.5", "a number of 0 to 1, got 1.5"],
  ["message.format.version", "new", 'a version of Kafka, such as 3.0-IV1, got "new"'],
  ["leader.replication.throttled.replicas", '"0"', "'*' or a list of PARTITION:BROKER, got \"0\""],
])("%s: %s is refused with what is allowed", (setting, value, allowed) => {
  expect(problemOf(fileWith(setting, value))).toBe(`access.yaml: topics.orders.configs.${setting}: must be ${allowed}`);
});

test.each([
  ["retention.ms", "-1"],
  ["flush.messages", "9223372036854775807"],
  ["cleanup.policy", "compact, delete"],
  ["cleanup.policy", ""],
  ["remote.storage.enable", "true"],
  ["min.cleanable.dirty.ratio", "0.5"],
  ["compression.gzip.level", "-1"],
  ["leader.replication.throttled.replicas", "0:1,1:2"],
  ["message.format.version", "3.0-IV1"],
])("%s: %s is taken", (setting, value) => {
  const [topic] = parseAccess(fileWith(setting, JSON.stringify(value)), "access.yaml").topics;

  expect(topic?.configs).toEqual({ [setting]: value });
});

test("every wrong setting is named at once", () => {
  const text = "topics: { orders: { partitions: 1, configs: { retentions.ms: 1, preallocate: 1, segment.ms: 0 } } }";

  expect(problemOf(text)).toMatch(
    /retentions\.ms: is no topic setting of Kafka, see [^ ]*#topicconfigs; .*preallocate: must be .*; .*segment\.ms: must be/,
  );
});

test("a value that comes from a variable is checked", () => {
  const text = `variables: { default: { age: 7d } }\n${fileWith("retention.ms", `"\${age}"`)}`;

  expect(problemOf(text)).toBe(
    'access.yaml: topics.orders.configs.retention.ms: must be an integer of -1 to 9223372036854775807, got "7d"',
  );
});

test("a dead-letter topic takes no more than Kafka can", () => {
  const access = parseAccess(
    `${fileWith("max.message.bytes", "1200000000")}\nservices: { stock: { type: application, consumes: [orders] } }`,
    "access.yaml",
  );

  expect(topicsOf(access).at(-1)?.configs["max.message.bytes"]).toBe("2147483647");
});
