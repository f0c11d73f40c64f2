import type { IVpc } from "aws-cdk-lib/aws-ec2";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Access } from "../../shared/access/index.ts";
import type { StageConfig } from "../config.ts";
import type { KafkaTopics } from "./kafka-topics.ts";
import type { MskCluster } from "./msk-cluster.ts";
import type { SchemaRegistry } from "./schema-registry.ts";

/** What a service on the backbone stands on. */
export interface ServiceProps {
  readonly config: StageConfig;
  readonly access: Access;
  readonly vpc: IVpc;
  readonly cluster: MskCluster;
  readonly topics: KafkaTopics;
  readonly registry: SchemaRegistry;
  /** What its tables are encrypted with. */
  readonly tableKey: IKey;
}
