import { type Size, SizeRoundingBehavior } from "aws-cdk-lib";

/** How finely CloudWatch counts, from coarse to fine. */
const metricLevels = ["DEFAULT", "PER_BROKER", "PER_TOPIC_PER_BROKER", "PER_TOPIC_PER_PARTITION"] as const;

/** What the brokers of a cluster are. */
export interface ClusterSettings {
  /** A KRaft version of Amazon MSK, `3.7.x.kraft` or later; Express brokers run 3.9 and 4.2. */
  readonly kafkaVersion: string;
  /**
   * Instance type of each broker: `kafka.m5` or `kafka.m7g` for standard brokers, `express.m7g` for Express ones, `large`,
   * `xlarge`, `2xlarge`, `4xlarge`, `8xlarge`, `12xlarge` or `16xlarge`, m5 also `24xlarge`. `kafka.t3.small` is refused with
   * KRaft. Which of them a region has: https://aws.amazon.com/msk/pricing/
   */
  readonly instanceType: string;
  /** Brokers of the whole cluster, a multiple of the zones, 60 at most; an account may have 90 in a region by default. */
  readonly brokers: number;
  /** Disk of each standard broker, whole GiB, 1 GiB to 16 TiB; Express brokers pay for what they store. */
  readonly brokerVolume?: Size;
  /**
   * To what the disks may grow while they are more than 60 % full, 16 TiB at most. They never shrink: raise brokerVolume to
   * what they have become before changing anything else of the storage. @default they do not grow
   */
  readonly brokerVolumeLimit?: Size;
  /**
   * Closed segments move to storage that costs a fifth and grows by itself, for topics with `remote.storage.enable=true`.
   * Standard brokers; it cannot be taken back. @default false
   */
  readonly tieredStorage?: boolean;
  /** Prometheus may scrape the brokers, JMX at port 11001 and the machines at 11002. @default false */
  readonly openMonitoring?: boolean;
  /** How finely CloudWatch counts; all but DEFAULT cost by the metric. @default "DEFAULT" */
  readonly metrics?: (typeof metricLevels)[number];
}

/** Brokers without disks and settings of replication of their own. */
export function isExpress({ instanceType }: ClusterSettings): boolean {
  return instanceType.startsWith("express.");
}

/** https://docs.aws.amazon.com/msk/latest/developerguide/broker-instance-sizes.html */
const instanceTypes = /^(kafka\.m5\.24xlarge|(kafka\.m5|kafka\.m7g|express\.m7g)\.(|x|2x|4x|8x|12x|16x)large)$/;

/**
 * What MSK would refuse after a quarter of an hour, each with what is allowed; names begin with the prefix.
 *
 * https://docs.aws.amazon.com/msk/latest/developerguide/broker-instance-types.html
 * https://docs.aws.amazon.com/msk/latest/developerguide/limits.html
 */
export function clusterProblems(settings: ClusterSettings, zones: number, prefix = ""): string[] {
  const { brokers, instanceType, metrics = "DEFAULT" } = settings;
  const problems = [
    ...(instanceTypes.test(instanceType)
      ? []
      : [`instanceType: must be a size of the families kafka.m5, kafka.m7g and express.m7g, got '${instanceType}'`]),
    ...(Number.isInteger(brokers) && brokers >= zones && brokers % zones === 0 && brokers <= 60
      ? []
      : [`brokers: must be a multiple of ${zones}, the zones, at most 60, got ${brokers}`]),
    ...(metricLevels.includes(metrics) ? [] : [`metrics: must be one of ${metricLevels.join(", ")}, got '${metrics}'`]),
    ...(isExpress(settings) ? expressProblems(settings) : standardProblems(settings)),
  ];
  return problems.map((problem) => `${prefix}${problem}`);
}

/**
 * With KRaft; 3.6 and 3.8 run with ZooKeeper.
 * https://docs.aws.amazon.com/msk/latest/developerguide/msk-broker-types-express.html
 */
function expressProblems(settings: ClusterSettings): string[] {
  return [
    ...(/^(3\.9|4\.2)\.x\.kraft$/.test(settings.kafkaVersion)
      ? []
      : [`kafkaVersion: must be 3.9.x.kraft or 4.2.x.kraft on Express brokers, got '${settings.kafkaVersion}'`]),
    ...(["brokerVolume", "brokerVolumeLimit", "tieredStorage"] as const)
      .filter((name) => settings[name] !== undefined)
      .map((name) => `${name}: must not be set, Express brokers have no disks`),
  ];
}

function standardProblems({ kafkaVersion, brokerVolume, brokerVolumeLimit, tieredStorage }: ClusterSettings): string[] {
  const volume = gibibytes(brokerVolume);
  const limit = gibibytes(brokerVolumeLimit);
  return [
    ...(/^(3\.[7-9]|[4-9]\.\d+)\.x\.kraft$/.test(kafkaVersion)
      ? []
      : [`kafkaVersion: must be one of KRaft, 3.7.x.kraft or later, got '${kafkaVersion}'`]),
    ...(Number.isInteger(volume) && volume !== undefined && volume >= 1 && volume <= 16_384
      ? []
      : [`brokerVolume: must be a whole number from 1 to 16384 GiB, got ${volume ?? "nothing"}`]),
    ...(limit === undefined || (Number.isInteger(limit) && limit > (volume ?? 0) && limit <= 16_384)
      ? []
      : [`brokerVolumeLimit: must be whole GiB, more than brokerVolume, at most 16384 GiB, got ${limit}`]),
    ...(limit !== undefined && tieredStorage === true
      ? ["brokerVolumeLimit: must not stand beside tieredStorage, which takes from the disks what fills them"]
      : []),
  ];
}

/** Also of a size that is no whole number of them, which CDK by itself would refuse. */
function gibibytes(size: Size | undefined): number | undefined {
  return size?.toGibibytes({ rounding: SizeRoundingBehavior.NONE });
}
