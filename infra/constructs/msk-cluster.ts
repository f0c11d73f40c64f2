import { Fn, RemovalPolicy } from "aws-cdk-lib";
import { CfnSecurityGroupIngress, type IConnectable, type IVpc, Peer, Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import { type IKey, Key } from "aws-cdk-lib/aws-kms";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { CfnCluster, CfnConfiguration } from "aws-cdk-lib/aws-msk";
import { Construct } from "constructs";
import type { ServiceAuth, Statement } from "../../shared/access/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import { BootstrapBrokers, type BrokerAddresses } from "./bootstrap-brokers.ts";
import { type ClusterSettings, clusterProblems, isExpress } from "./cluster-settings.ts";
import { type ScramUser, ScramUsers } from "./scram-users.ts";
import { StorageScaling } from "./storage-scaling.ts";

export interface MskClusterProps extends ClusterSettings {
  readonly clusterName: string;
  /** Its private subnets take the brokers. */
  readonly vpc: IVpc;
  /** What the records are encrypted with at rest. @default a key of its own, which is rotated */
  readonly dataKey?: IKey;
  /** Names of those who prove themselves with SCRAM-SHA-512; each gets a secret of its own. */
  readonly scramUsers: readonly string[];
  readonly logRetention: RetentionDays;
}

/** https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html */
const ports = { scram: 9096, iam: 9098, jmxExporter: 11001, nodeExporter: 11002 } as const;

/**
 * Settings that both kinds of brokers take.
 * https://docs.aws.amazon.com/msk/latest/developerguide/msk-configuration-properties.html
 * https://docs.aws.amazon.com/msk/latest/developerguide/msk-configuration-express-read-write.html
 */
const serverProperties = [
  // Topics come from the access file, and from nowhere else.
  "auto.create.topics.enable=false",
  // MSK's default, true, would let who speaks SCRAM do anything with what no ACL is about. IAM principals are not
  // governed by ACLs: https://docs.aws.amazon.com/msk/latest/developerguide/msk-acls.html
  "allow.everyone.if.no.acl.found=false",
  "log.retention.ms=604800000",
];

/**
 * Express brokers have these values, too, and do not let them be set.
 * https://docs.aws.amazon.com/msk/latest/developerguide/msk-configuration-express-read-only.html
 */
const replicationProperties = [
  "default.replication.factor=3",
  // With acks=all a record is on two brokers before it is acknowledged, and one of the three may be away.
  "min.insync.replicas=2",
  // A replica that lags never becomes leader: better a partition that waits than records that are gone.
  "unclean.leader.election.enable=false",
];

/**
 * An Amazon MSK cluster: KRaft, IAM and SCRAM-SHA-512 over TLS, encrypted with a key of its own, nobody unauthenticated.
 * It is kept when it leaves the template.
 *
 * @throws BackboneError INVALID_OPTIONS that names every wrong setting at once
 */
export class MskCluster extends Construct {
  readonly clusterArn: string;
  readonly brokers: number;
  /** Whether its brokers are Express ones, which let fewer settings of topics be set. */
  readonly express: boolean;
  /** Whether closed segments can move to remote storage. */
  readonly tieredStorage: boolean;
  readonly #securityGroup: SecurityGroup;
  readonly #scramUsers: ScramUsers;
  readonly #bootstrap: BootstrapBrokers;
  readonly #openMonitoring: boolean;

  constructor(scope: Construct, id: string, props: MskClusterProps) {
    super(scope, id);
    const { subnetIds } = props.vpc.selectSubnets();
    const problems = clusterProblems(props, subnetIds.length);
    if (problems.length > 0) {
      throw new BackboneError("INVALID_OPTIONS", `cluster ${props.clusterName}: ${problems.join("; ")}`);
    }
    this.brokers = props.brokers;
    this.express = isExpress(props);
    this.tieredStorage = props.tieredStorage === true;
    this.#openMonitoring = props.openMonitoring === true;
    this.#securityGroup = this.#clusterSecurityGroup(props.vpc);

    const configuration = new CfnConfiguration(this, "Configuration", {
      // A configuration cannot change the versions it is for, so another version takes another name.
      name: `${props.clusterName}-${props.kafkaVersion.replaceAll(".", "-")}`,
      kafkaVersionsList: [props.kafkaVersion],
      serverProperties: [...serverProperties, ...(isExpress(props) ? [] : replicationProperties)].join("\n"),
    });
    configuration.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    const dataKey =
      props.dataKey ??
      new Key(this, "DataKey", {
        description: `records of the Kafka cluster ${props.clusterName} at rest`,
        enableKeyRotation: true,
        removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      });

    const cluster = new CfnCluster(this, "Cluster", {
      clusterName: props.clusterName,
      kafkaVersion: props.kafkaVersion,
      numberOfBrokerNodes: props.brokers,
      brokerNodeGroupInfo: {
        instanceType: props.instanceType,
        clientSubnets: subnetIds,
        securityGroups: [this.#securityGroup.securityGroupId],
        ...(props.brokerVolume === undefined
          ? {}
          : { storageInfo: { ebsStorageInfo: { volumeSize: props.brokerVolume.toGibibytes() } } }),
      },
      ...(props.tieredStorage === true ? { storageMode: "TIERED" } : {}),
      configurationInfo: { arn: configuration.attrArn, revision: configuration.attrLatestRevisionRevision },
      clientAuthentication: {
        sasl: { iam: { enabled: true }, scram: { enabled: true } },
        unauthenticated: { enabled: false },
      },
      encryptionInfo: {
        encryptionAtRest: { dataVolumeKmsKeyId: dataKey.keyArn },
        encryptionInTransit: { clientBroker: "TLS", inCluster: true },
      },
      enhancedMonitoring: props.metrics ?? "DEFAULT",
      ...(props.openMonitoring === true
        ? {
            openMonitoring: {
              prometheus: { jmxExporter: { enabledInBroker: true }, nodeExporter: { enabledInBroker: true } },
            },
          }
        : {}),
      loggingInfo: this.#logs(props),
    });
    cluster.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.clusterArn = cluster.attrArn;
    if (props.brokerVolumeLimit !== undefined) {
      new StorageScaling(this, "StorageScaling", { clusterArn: this.clusterArn, limit: props.brokerVolumeLimit });
    }

    this.#scramUsers = new ScramUsers(this, "ScramUsers", {
      clusterArn: this.clusterArn,
      clusterName: props.clusterName,
      users: props.scramUsers,
    });
    this.#bootstrap = new BootstrapBrokers(this, "BootstrapBrokers", {
      clusterArn: this.clusterArn,
      clusterName: props.clusterName,
      brokers: props.brokers,
      logRetention: props.logRetention,
    });
  }

  /** Broker addresses for what is in the stack of a scope. They are asked for there, and again when brokers come or go. */
  bootstrap(scope: Construct): BrokerAddresses {
    return this.#bootstrap.addressesIn(scope);
  }

  /** Where a SCRAM user's credentials are, for what is in the stack of a scope. */
  scramUser(scope: Construct, user: string): ScramUser {
    return this.#scramUsers.userIn(scope, user);
  }

  /**
   * Lets an IAM principal do on the cluster what a statement of the access file says.
   * https://docs.aws.amazon.com/msk/latest/developerguide/kafka-actions.html
   */
  grant(grantee: IGrantable, { actions, ...resource }: Statement): void {
    Grant.addToPrincipal({
      grantee,
      actions: actions.map((action) => `kafka-cluster:${action}`),
      resourceArns: [this.#arnOf(resource)],
    }).assertSuccess();
  }

  /**
   * Lets an event source mapping's role look at the cluster itself and, to read with SCRAM, at the list of its secrets.
   * https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html
   */
  grantMapping(grantee: IGrantable, auth: ServiceAuth): void {
    Grant.addToPrincipal({
      grantee,
      actions: [
        "kafka:DescribeCluster",
        "kafka:DescribeClusterV2",
        ...(auth === "scram" ? ["kafka:ListScramSecrets"] : []),
      ],
      resourceArns: [this.clusterArn],
    }).assertSuccess();
  }

  /**
   * The pollers of event source mappings as a peer, for rules in a scope, one in a stack: what they call beside AWS and the
   * brokers, such as the schema registry of a mapping (`registry.allowFrom(cluster.pollersIn(this))`).
   */
  pollersIn(scope: Construct): IConnectable {
    return SecurityGroup.fromSecurityGroupId(scope, "Pollers", this.#securityGroup.securityGroupId);
  }

  /** Opens the port for IAM clients to a peer. */
  allowIamFrom(peer: IConnectable): void {
    this.#allowFrom(peer, "IamToKafka", ports.iam);
  }

  /** Opens the port for SCRAM clients to a peer. */
  allowScramFrom(peer: IConnectable): void {
    this.#allowFrom(peer, "ScramToKafka", ports.scram);
  }

  /**
   * Opens the ports that Prometheus scrapes to a peer: JMX of the brokers, and their machines.
   *
   * @throws BackboneError INVALID_OPTIONS for a cluster without open monitoring, which listens on neither
   */
  allowMonitoringFrom(peer: IConnectable): void {
    if (!this.#openMonitoring) {
      throw new BackboneError(
        "INVALID_OPTIONS",
        `cluster ${this.node.path}: openMonitoring must be true to be scraped`,
      );
    }
    this.#allowFrom(peer, "MonitoringToKafka", ports.jmxExporter, ports.nodeExporter);
  }

  /**
   * What the brokers do, and apart from it who was refused what. Under the prefix for which MSK needs no entry in the
   * account's policy on logs, whose room is small.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
   */
  #logs({ clusterName, logRetention }: MskClusterProps): CfnCluster.LoggingInfoProperty {
    const into = (id: string, kind: string) => {
      const { logGroupName } = new LogGroup(this, id, {
        logGroupName: `/aws/vendedlogs/msk/${clusterName}-${kind}`,
        retention: logRetention,
        removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      });
      return { cloudWatchLogs: { enabled: true, logGroup: logGroupName } };
    };
    return { brokerLogs: into("BrokerLogs", "broker"), authorizerLogs: into("AuthorizerLogs", "authorizer") };
  }

  #clusterSecurityGroup(vpc: IVpc): SecurityGroup {
    const group = new SecurityGroup(this, "SecurityGroup", {
      vpc,
      description: "Kafka brokers, and the pollers of event source mappings",
      allowAllOutbound: false,
    });
    // The pollers of event source mappings sit in the cluster's subnets and in this group, beside the brokers alone: that
    // both ports are open to it, whether a mapping reads with SCRAM or none does, lets nobody else in.
    for (const name of ["scram", "iam"] as const) {
      const port = Port.tcp(ports[name]);
      const description = `event source mappings read with ${name.toUpperCase()}`;
      group.addIngressRule(group, port, description);
      group.addEgressRule(group, port, description);
    }
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "event source mappings call Lambda, STS, Secrets Manager");
    return group;
  }

  /** The rule belongs to the peer's stack: in the cluster's it would make the two stacks depend on each other. */
  #allowFrom(peer: IConnectable, id: string, fromPort: number, toPort = fromPort): void {
    for (const [index, group] of peer.connections.securityGroups.entries()) {
      new CfnSecurityGroupIngress(group, `${id}${index || ""}`, {
        groupId: this.#securityGroup.securityGroupId,
        sourceSecurityGroupId: group.securityGroupId,
        ipProtocol: "tcp",
        fromPort,
        toPort,
        description: `Kafka clients of ${group.node.path}`,
      });
    }
  }

  #arnOf({ resourceType, resourceName, patternType }: Omit<Statement, "actions">): string {
    if (resourceType === "CLUSTER") return this.clusterArn;
    // arn:aws:kafka:REGION:ACCOUNT:cluster/NAME/UUID → arn:aws:kafka:REGION:ACCOUNT:topic/NAME/UUID/TOPIC
    const part = resourceType.toLowerCase().replace("_", "-");
    const halves = Fn.split(":cluster/", this.clusterArn);
    const name = patternType === "PREFIXED" ? `${resourceName}*` : resourceName;
    return Fn.join("", [Fn.select(0, halves), `:${part}/`, Fn.select(1, halves), `/${name}`]);
  }
}
