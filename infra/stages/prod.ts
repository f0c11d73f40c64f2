import { Duration, Size } from "aws-cdk-lib";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { StageConfig } from "../config.ts";

/** What real orders go through: any one zone may fail. */
export const prod: StageConfig = {
  stage: "prod",
  hardened: true,
  // 3 × 730 h × ($0.045 + $0.005 for the address) are $109.50 a month; none, and 5 endpoints in 3 zones at $0.01 an hour,
  // would be $109.50 as well, and the registry's image first copied to ECR. Whoever must not have a way to the internet sets 0.
  natGateways: 3,
  cluster: {
    kafkaVersion: "4.1.x.kraft",
    instanceType: "kafka.m7g.large",
    brokers: 3,
    // 100 records/s of 1 KB over 7 days are 100 × 1 KB × 604,800 s ≈ 60 GB; 3 copies on 3 brokers put 60 GB on each.
    brokerVolume: Size.gibibytes(100),
    brokerVolumeLimit: Size.tebibytes(1),
    openMonitoring: true,
    // Latencies of requests, and the time that network and disks wait.
    metrics: "PER_BROKER",
  },
  registry: {
    image: "apicurio/apicurio-registry:3.3.3",
    tasks: 2,
    maxTasks: 4,
    cpu: 1024,
    memory: Size.gibibytes(2),
    tls: true,
  },
  // 1,000 requests/s at about 100 ms keep 100 executions busy; twice as many are for cold starts. While Kafka hangs, a
  // request takes up to 20 s: 1,000 × 20 = 20,000 executions would be asked for, and 200 are taken, so that 800 of the
  // account's default quota of 1,000 stay with consumers, relay and status API.
  api: { requestsPerSecond: 1_000, burst: 500, concurrency: 200, authorizer: { type: "iam" } },
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
  // The tool of the operators reads the secret each time.
  scramRotation: { "schema-registry": Duration.days(30), "dead-letter-operators": Duration.days(30) },
  logRetention: RetentionDays.ONE_MONTH,
};
