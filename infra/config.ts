import { Duration, Size } from "aws-cdk-lib";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { BackboneError } from "../shared/errors.ts";

/** What a stage may choose. Everything that is not here is the same in every stage. */
export interface StageConfig {
  /** Its name, part of the names of stacks, cluster and functions: `backbone-<stage>-network`. */
  readonly stage: string;
  /**
   * Names of the three zones, e.g. `["us-east-1a", "us-east-1b", "us-east-1d"]`, for a region where brokers cannot be in
   * each of the first three: the zone `use1-az3`, which has another name in every account, takes none.
   *
   * @default the first three zones of the region
   */
  readonly availabilityZones?: readonly [string, string, string];
  /** NAT gateways, 1 to 3: with one a zone, a zone that fails takes no other with it. */
  readonly natGateways: number;
  readonly cluster: {
    /** A KRaft version of Amazon MSK. */
    readonly kafkaVersion: string;
    /** Instance type of each broker. `kafka.t3.small` is refused with KRaft. */
    readonly instanceType: string;
    /** Brokers of the whole cluster, a multiple of the three zones. */
    readonly brokers: number;
    /** Disk of each broker. */
    readonly brokerVolume: Size;
  };
  readonly registry: {
    /** Image of an Apicurio registry, with its tag. */
    readonly image: string;
    /** Copies of the registry, each with the whole journal in its memory. */
    readonly tasks: number;
    /** CPU units of a task; 1024 are one vCPU. */
    readonly cpu: number;
    readonly memory: Size;
  };
  readonly api: {
    /** Requests a second that the HTTP API lets through on average; more get 429. */
    readonly requestsPerSecond: number;
    /** Requests that may come at once above that. */
    readonly burst: number;
  };
  readonly inventory: ConsumerConfig & {
    /** Units with which a SKU starts that has no stock item yet. */
    readonly initialStock: number;
  };
  /** Of each of its two topics. */
  readonly orderStatus: ConsumerConfig;
  /** How long the logs of functions, brokers and registry are kept. */
  readonly logRetention: RetentionDays;
}

/** What a stage may choose for a consumer and the event source mapping that feeds it. */
export interface ConsumerConfig {
  /** Records of one invocation at most, 1 to 10,000. */
  readonly batchSize: number;
  /** How long a batch may fill, whole seconds, 0 to 300. */
  readonly batchWindow: Duration;
  /** Provisioned mode: pollers that are always there, and how many there may be; never more than partitions. */
  readonly pollers: { readonly minimum: number; readonly maximum: number };
  /** What a claim outlives its last possible record by. */
  readonly claimMargin: Duration;
}

const prod: StageConfig = {
  stage: "prod",
  natGateways: 3,
  cluster: {
    kafkaVersion: "4.1.x.kraft",
    instanceType: "kafka.m7g.large",
    brokers: 3,
    // 100 records/s of 1 KB over 7 days are 100 × 1 KB × 604,800 s ≈ 60 GB; 3 copies on 3 brokers put 60 GB on each.
    brokerVolume: Size.gibibytes(100),
  },
  registry: {
    image: "apicurio/apicurio-registry:3.3.3",
    tasks: 2,
    cpu: 1024,
    memory: Size.gibibytes(2),
  },
  // The function's default quota of 1,000 concurrent executions, at about 100 ms a request, would let 10,000 through.
  api: { requestsPerSecond: 1_000, burst: 500 },
  inventory: {
    batchSize: 100,
    batchWindow: Duration.seconds(1),
    pollers: { minimum: 1, maximum: 6 },
    initialStock: 1_000_000,
    claimMargin: Duration.days(1),
  },
  orderStatus: {
    batchSize: 100,
    batchWindow: Duration.seconds(1),
    pollers: { minimum: 1, maximum: 6 },
    claimMargin: Duration.days(1),
  },
  logRetention: RetentionDays.ONE_MONTH,
};

const stages: Readonly<Record<string, StageConfig>> = { prod };

/** The stages that this file knows. */
export const stageNames: readonly string[] = Object.keys(stages);

/**
 * The configuration of a stage.
 *
 * @param stage the value of `-c stage=…`
 * @throws BackboneError INVALID_OPTIONS for a stage that there is not, naming those there are
 */
export function stageConfig(stage: unknown): StageConfig {
  const config = typeof stage === "string" && Object.hasOwn(stages, stage) ? stages[stage] : undefined;
  if (config === undefined) {
    throw new BackboneError(
      "INVALID_OPTIONS",
      `stage: must be one of ${stageNames.join(", ")}, got ${JSON.stringify(stage)}`,
    );
  }
  return config;
}
