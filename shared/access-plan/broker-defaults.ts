import kafkajs, { type Admin } from "kafkajs";

// Node finds only some of the names that this CommonJS package exports.
const { ConfigResourceTypes } = kafkajs;

const msPerMinute = 60_000;
const msPerHour = 3_600_000;

/**
 * The topic settings whose default Kafka does not tell beside the value that is set, since the brokers have it in several
 * units: each with the brokers' settings, of which the first that is there holds, and their units.
 *
 * @see https://kafka.apache.org/documentation/#brokerconfigs_log.retention.ms
 */
const inSeveralUnits: Readonly<Record<string, readonly (readonly [brokerSetting: string, unitMs: number])[]>> = {
  "retention.ms": [
    ["log.retention.ms", 1],
    ["log.retention.minutes", msPerMinute],
    ["log.retention.hours", msPerHour],
  ],
  "segment.ms": [
    ["log.roll.ms", 1],
    ["log.roll.hours", msPerHour],
  ],
  "segment.jitter.ms": [
    ["log.roll.jitter.ms", 1],
    ["log.roll.jitter.hours", msPerHour],
  ],
  "flush.ms": [
    ["log.flush.interval.ms", 1],
    ["log.flush.scheduler.interval.ms", 1],
  ],
};

/** Defaults of those settings, by their names, as a broker has them. */
export async function readBrokerDefaults(admin: Admin, brokerId: number): Promise<Map<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [
      {
        type: ConfigResourceTypes.BROKER,
        name: String(brokerId),
        configNames: Object.values(inSeveralUnits).flatMap((settings) => settings.map(([name]) => name)),
      },
    ],
  });
  // What is not configured comes as null, whatever kafkajs's types say.
  const values = new Map<string, string | null>(
    resources.flatMap(({ configEntries }) =>
      configEntries.map(({ configName, configValue }) => [configName, configValue]),
    ),
  );
  return new Map(
    Object.entries(inSeveralUnits).flatMap(([topicSetting, settings]): [string, string][] => {
      const [name, unitMs] = settings.find(([setting]) => (values.get(setting) ?? null) !== null) ?? [];
      if (name === undefined || unitMs === undefined) return [];
      const value = BigInt(values.get(name) ?? 0);
      // -1 is no limit, in every unit.
      return [[topicSetting, String(value < 0n ? value : value * BigInt(unitMs))]];
    }),
  );
}
