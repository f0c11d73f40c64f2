import { Duration, Size } from "aws-cdk-lib";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { StageConfig } from "../config.ts";
import { prod } from "./prod.ts";

/**
 * The same backbone for trying things out, at the least that it runs on. Three brokers stay: they are what
 * `min.insync.replicas=2` of the topics stands on, and a cluster of three zones takes a multiple of three.
 */
export const dev: StageConfig = {
  stage: "dev",
  hardened: false,
  // A zone that fails takes the way out of all with it. $36.50 a month; mappings on demand would make it 6 endpoints instead,
  // in 3 zones $131.40.
  natGateways: 1,
  cluster: {
    kafkaVersion: prod.cluster.kafkaVersion,
    // The smallest that MSK runs with KRaft; kafka.t3.small is refused.
    instanceType: "kafka.m7g.large",
    brokers: 3,
    // 10 records/s of 1 KB over the stage's 1 day are 10 × 1 KB × 86,400 s ≈ 0.9 GB, beside the registry's journal.
    brokerVolume: Size.gibibytes(10),
  },
  registry: {
    image: prod.registry.image,
    // A task that dies is away for as long as the next one takes to start; functions keep the schemas they have read.
    tasks: 1,
    cpu: 512,
    memory: Size.gibibytes(1),
    // Plain HTTP inside the network: no certificate, no domain.
    tls: false,
  },
  api: { requestsPerSecond: 50, burst: 50, authorizer: { type: "iam" } },
  // Consumers on demand: nothing is paid for pollers. A record that has to come again brings its whole batch with it;
  // claims let the others pass as duplicates.
  inventory: {
    batchSize: 100,
    batchWindow: Duration.seconds(1),
    initialStock: prod.inventory.initialStock,
    claimMargin: Duration.days(1),
  },
  orderStatus: { batchSize: 100, batchWindow: Duration.seconds(1), claimMargin: Duration.days(1) },
  // No password changes by itself: a stage for trying things out, whose one registry task would be away for a start.
  logRetention: RetentionDays.THREE_DAYS,
};
