/** What a setting may be. */
interface Kind {
  /** In words, after "must be". */
  readonly allowed: string;
  readonly takes: (value: string) => boolean;
}

const maxInt = 2 ** 31 - 1;
const maxLong = 2n ** 63n - 1n;

/**
 * The topic settings of Kafka 3.9 to 4.3 and what they may be; where the versions differ, what any of them takes. Any
 * other would be found by the broker, half-way through a deployment.
 * https://kafka.apache.org/documentation/#topicconfigs
 */
const topicSettings: ReadonlyMap<string, Kind> = new Map([
  ["cleanup.policy", listOf("compact", "delete")],
  ["compression.gzip.level", { allowed: "-1 or an integer of 1 to 9", takes: (value) => /^(-1|[1-9])$/.test(value) }],
  ["compression.lz4.level", integer(1, 17)],
  ["compression.type", oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer")],
  ["compression.zstd.level", integer(-131_072, 22)],
  ["delete.retention.ms", integer(0)],
  ["file.delete.delay.ms", integer(0)],
  ["flush.messages", integer(1)],
  ["flush.ms", integer(0)],
  ["follower.replication.throttled.replicas", replicas()],
  ["index.interval.bytes", integer(0, maxInt)],
  ["leader.replication.throttled.replicas", replicas()],
  ["local.retention.bytes", integer(-2)],
  ["local.retention.ms", integer(-2)],
  ["max.compaction.lag.ms", integer(1)],
  ["max.message.bytes", integer(0, maxInt)],
  ["message.downconversion.enable", boolean()],
  [
    "message.format.version",
    { allowed: "a version of Kafka, such as 3.0-IV1", takes: (value) => /^\d+(\.\d+)+(-IV\d+)?$/.test(value) },
  ],
  ["message.timestamp.after.max.ms", integer(0)],
  ["message.timestamp.before.max.ms", integer(0)],
  ["message.timestamp.difference.max.ms", integer(0)],
  ["message.timestamp.type", oneOf("CreateTime", "LogAppendTime")],
  [
    "min.cleanable.dirty.ratio",
    {
      allowed: "a number of 0 to 1",
      takes: (value) => /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) && Number(value) <= 1,
    },
  ],
  ["min.compaction.lag.ms", integer(0)],
  ["min.insync.replicas", integer(1, maxInt)],
  ["preallocate", boolean()],
  ["remote.log.copy.disable", boolean()],
  ["remote.log.delete.on.disable", boolean()],
  ["remote.storage.enable", boolean()],
  // Anything below 0 is no limit.
  ["retention.bytes", integer(-(2n ** 63n))],
  ["retention.ms", integer(-1)],
  // 1 MiB at least from Kafka 4.0 on.
  ["segment.bytes", integer(14, maxInt)],
  ["segment.index.bytes", integer(4, maxInt)],
  ["segment.jitter.ms", integer(0)],
  ["segment.ms", integer(1)],
  ["unclean.leader.election.enable", boolean()],
]);

/** The most that Kafka takes for `max.message.bytes`. */
export const largestMaxMessageBytes = maxInt;

/** Whether Kafka's topics have a setting of that name. */
export function isTopicSetting(name: string): boolean {
  return topicSettings.has(name);
}

/** What is wrong with a setting. */
export function topicSettingProblem(name: string, value: string | number | boolean): string | undefined {
  const kind = topicSettings.get(name);
  if (kind === undefined) {
    return "is no topic setting of Kafka, see https://kafka.apache.org/documentation/#topicconfigs";
  }
  return kind.takes(String(value)) ? undefined : `must be ${kind.allowed}, got ${JSON.stringify(value)}`;
}

function integer(least: number | bigint, most: number | bigint = maxLong): Kind {
  return {
    allowed: `an integer of ${least} to ${most}`,
    takes: (value) => /^[+-]?\d+$/.test(value) && isBetween(BigInt(value.replace("+", "")), least, most),
  };
}

function isBetween(value: bigint, least: number | bigint, most: number | bigint): boolean {
  return value >= least && value <= most;
}

function boolean(): Kind {
  return { allowed: "true or false", takes: (value) => /^(true|false)$/i.test(value) };
}

function oneOf(...words: readonly string[]): Kind {
  return { allowed: words.join(" or "), takes: (value) => words.includes(value) };
}

function listOf(...words: readonly string[]): Kind {
  // Blanks and no other space: a line break would make two lines of the properties text that settings become.
  const item = new RegExp(`^ *(${words.join("|")}) *$`);
  return {
    allowed: `a list of ${words.join(", ")}, which may be empty`,
    takes: (value) => /^ *$/.test(value) || value.split(",").every((one) => item.test(one)),
  };
}

function replicas(): Kind {
  return {
    allowed: "'*' or a list of PARTITION:BROKER",
    takes: (value) => value === "" || value === "*" || value.split(",").every((one) => /^ *\d+:\d+ *$/.test(one)),
  };
}
