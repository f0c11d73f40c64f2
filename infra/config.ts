import type { Duration, Size } from "aws-cdk-lib";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { BackboneError } from "../shared/errors.ts";
import { checkStage } from "./check-stage.ts";
import type { ClusterSettings } from "./constructs/cluster-settings.ts";
import { dev } from "./stages/dev.ts";
import { prod } from "./stages/prod.ts";

/** What a stage may choose. Everything that is not here is the same in every stage. */
export interface StageConfig {
  /**
   * Its name, part of the names of stacks, cluster and functions (`backbone-<stage>-network`): 1 to 20 small letters,
   * digits and hyphens, a letter first.
   */
  readonly stage: string;
  /**
   * Whether it must hold when any one zone fails, and let nobody read along: its registry has HTTPS and two tasks at least,
   * there is a NAT gateway in each zone or none at all, and mappings are in provisioned mode, which sets aside what is
   * retried in vain.
   */
  readonly hardened: boolean;
  /**
   * Names of the three zones, e.g. `["us-east-1a", "us-east-1b", "us-east-1d"]`, for a region where brokers cannot be in
   * each of the first three: the zone `use1-az3`, which has another name in every account, takes none.
   *
   * @default the first three zones of the region
   */
  readonly availabilityZones?: readonly [string, string, string];
  /**
   * NAT gateways, up to 3: with one a zone, a zone that fails takes no other with it. With 0 the private subnets have no way
   * to the internet: what is called of AWS is reached at interface endpoints, and the registry's image comes from ECR.
   */
  readonly natGateways: number;
  readonly cluster: ClusterSettings;
  readonly registry: {
    /** Image of an Apicurio registry, built for ARM: of a public registry, with its tag, or of ECR. */
    readonly image: string | EcrImage;
    /** Copies of the registry, 1 to 10, each with the whole journal in its memory. */
    readonly tasks: number;
    /** Copies at most, while they use more than 60 % of their CPU, 10 at most. @default as many as tasks */
    readonly maxTasks?: number;
    /** CPU units of a task, 512, 1024, 2048 or 4096; 1024 are one vCPU. */
    readonly cpu: number;
    /** Whole GiB of a task: from a 512th of the CPU units to four times as much, 30 GiB at most. */
    readonly memory: Size;
    /**
     * HTTPS under a name of your own. The certificate and the name belong to an account and are parameters of the stack,
     * CertificateArn and DomainName, so that the templates need neither.
     */
    readonly tls: boolean;
  };
  readonly api: {
    /** Requests a second that the HTTP API lets through on average; more get 429. */
    readonly requestsPerSecond: number;
    /** Requests that may come at once above that. */
    readonly burst: number;
    /**
     * Executions at once of the function that takes orders, 1 to 10,000; more requests fail at once. Set aside for it out
     * of the account's quota, of which 100 must stay with all other functions: 900 of the default 1,000 at most.
     *
     * @default whatever the account has left, since a new account may have a quota of 10, which refuses reservations
     */
    readonly concurrency?: number;
    /** Whom the API lets in. */
    readonly authorizer: ApiAuthorizer;
  };
  readonly inventory: ConsumerConfig & {
    /** Units with which a SKU starts that has no stock item yet. */
    readonly initialStock: number;
  };
  /** Of each of its two topics. */
  readonly orderStatus: ConsumerConfig;
  /**
   * How often the password of a SCRAM user changes by itself, by the user's name in the access file, e.g.
   * `{ "schema-registry": Duration.days(30) }`: whole hours, 4 hours to 999 days. The registry is restarted with its new
   * password; who logs in as another user has to read the secret again.
   *
   * @default none does: by hand, see docs/deploy.md
   */
  readonly scramRotation?: Readonly<Record<string, Duration>>;
  /** How long the logs of functions, brokers and registry are kept. */
  readonly logRetention: RetentionDays;
}

/** An image in ECR, of the account and the region that the stage is deployed to. */
export interface EcrImage {
  /** Name of the repository, e.g. `apicurio-registry`. */
  readonly repository: string;
  /** Any but `latest`; or the image's digest, `sha256:…`. */
  readonly tag: string;
}

/**
 * - iam: principals of AWS that may `execute-api:Invoke` it, with signed requests
 * - jwt: bearers of a token of an OpenID Connect provider; `issuer` is its https address, `audience` the clients' ids
 */
export type ApiAuthorizer =
  | { readonly type: "iam" }
  | { readonly type: "jwt"; readonly issuer: string; readonly audience: readonly string[] };

/** What a stage may choose for a consumer and the event source mapping that feeds it. */
export interface ConsumerConfig {
  /** Records of one invocation at most, 1 to 10,000. */
  readonly batchSize: number;
  /** How long a batch may fill, whole seconds, 0 to 300. */
  readonly batchWindow: Duration;
  /**
   * Provisioned mode: pollers that are always there, and how many there may be; never more than partitions. With it the
   * function names the records that come again, what is retried in vain is set aside, and Lambda tells more (`mappingOf`).
   *
   * @default on demand, where a batch with a record that has to come again comes again whole
   */
  readonly pollers?: { readonly minimum: number; readonly maximum: number };
  /** What a claim outlives its last possible record by, whole seconds. */
  readonly claimMargin: Duration;
}

type Stages = Readonly<Record<string, StageConfig>>;

const stages: Stages = { dev, prod };

/** The stages that this file knows. */
export const stageNames: readonly string[] = Object.keys(stages);

/**
 * The configuration of a stage. A stage of one's own is a file beside `stages/prod.ts`, such as
 * `export const qa: StageConfig = { ...prod, stage: "qa", hardened: false, natGateways: 1 }`, and its name in the table above.
 *
 * @param stage the value of `-c stage=…`
 * @param known the stages by their names
 * @throws BackboneError INVALID_OPTIONS for a stage that there is not, naming those there are; one whose settings are
 *   wrong, naming all of them; or one whose file has another stage's name
 */
export function stageConfig(stage: unknown, known: Stages = stages): StageConfig {
  const config = typeof stage === "string" && Object.hasOwn(known, stage) ? known[stage] : undefined;
  if (config === undefined) {
    throw new BackboneError(
      "INVALID_OPTIONS",
      `stage: must be one of ${Object.keys(known).join(", ")}, got ${JSON.stringify(stage)}`,
    );
  }
  // A copy of another stage that keeps its name would be deployed over that stage.
  if (config.stage !== stage) {
    throw new BackboneError(
      "INVALID_OPTIONS",
      `stage ${stage}: its file says stage: ${JSON.stringify(config.stage)}, must be ${JSON.stringify(stage)}`,
    );
  }
  checkStage(config);
  return config;
}
