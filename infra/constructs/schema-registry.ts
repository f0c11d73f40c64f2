import { Duration, Fn, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { CfnSecurityGroupIngress, type IConnectable, type IVpc, Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { Repository } from "aws-cdk-lib/aws-ecr";
import {
  AvailabilityZoneRebalancing,
  Cluster,
  ContainerImage,
  ContainerInsights,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  type ICluster,
  LogDrivers,
  OperatingSystemFamily,
  Protocol,
  Secret,
} from "aws-cdk-lib/aws-ecs";
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ListenerCertificate,
  SslPolicy,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { ARecord, PrivateHostedZone, RecordTarget } from "aws-cdk-lib/aws-route53";
import { LoadBalancerTarget } from "aws-cdk-lib/aws-route53-targets";
import { Secret as SecretsManagerSecret } from "aws-cdk-lib/aws-secretsmanager";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";
import type { EcrImage, StageConfig } from "../config.ts";
import { BalancerLogs } from "./balancer-logs.ts";
import type { MskCluster } from "./msk-cluster.ts";
import { grantReadSecret } from "./secret-access.ts";

export interface SchemaRegistryProps extends Omit<StageConfig["registry"], "tls"> {
  readonly vpc: IVpc;
  readonly cluster: MskCluster;
  /** Name of the parameter in Systems Manager that tells other stacks the registry's URL. */
  readonly urlParameter: string;
  /** SCRAM user that owns the registry's topics; its consumer groups are `<user>-<random UUID>`. */
  readonly scramUser: string;
  /** A certificate of ACM and the name that it is for, which becomes the registry's in the VPC. @default plain HTTP */
  readonly certificate?: { readonly arn: string; readonly domainName: string };
  readonly logRetention: RetentionDays;
}

/** The API, and beside it health and metrics. */
const ports = { http: 8080, management: 9000 } as const;

/**
 * Apicurio registry on Fargate: its state is a journal topic of the cluster that each task replays when it starts, its
 * API the Confluent one, behind an internal load balancer that opens to `allowFrom` alone.
 * https://www.apicur.io/registry/docs/apicurio-registry/3.1.x/getting-started/assembly-configuring-kafka-security.html
 */
export class SchemaRegistry extends Construct {
  /** What runs its tasks. */
  readonly service: FargateService;
  readonly #url: string;
  readonly #urlParameter: string;
  readonly #balancerGroup: SecurityGroup;
  readonly #port: 80 | 443;

  constructor(scope: Construct, id: string, props: SchemaRegistryProps) {
    super(scope, id);
    const { vpc, cluster, certificate, tasks, maxTasks = tasks } = props;
    this.#port = certificate === undefined ? 80 : 443;
    const taskGroup = new SecurityGroup(this, "TaskSecurityGroup", {
      vpc,
      description: "tasks of the schema registry",
      allowAllOutbound: true,
    });
    this.#balancerGroup = new SecurityGroup(this, "BalancerSecurityGroup", {
      vpc,
      description: "load balancer of the schema registry",
      allowAllOutbound: false,
    });

    const taskDefinition = this.#taskDefinition(props);
    const service = new FargateService(this, "Service", {
      cluster: new Cluster(this, "Cluster", { vpc, containerInsightsV2: ContainerInsights.ENABLED }) as ICluster, // see the note on CDK's interfaces in network-stack.ts
      taskDefinition,
      // A number here would be set again with each change of the service, however many tasks are busy. Without one a new
      // service starts one, one that is there keeps as many as it has, and registering the scaling raises them to its minimum:
      // https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
      ...(maxTasks > tasks ? {} : { desiredCount: tasks }),
      // Each task holds the whole state, so old ones serve on until the new ones have replayed the journal.
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      // Tasks are started apart, and moved apart again after a zone has failed.
      availabilityZoneRebalancing: AvailabilityZoneRebalancing.ENABLED,
      healthCheckGracePeriod: Duration.minutes(3),
      securityGroups: [taskGroup],
    });
    cluster.allowScramFrom(service);
    this.service = service;
    // A first task without its password or its way to the brokers would fail, and the circuit breaker counts.
    service.node.addDependency(taskGroup, taskDefinition.obtainExecutionRole());

    const balancer = new ApplicationLoadBalancer(this, "Balancer", {
      vpc,
      internetFacing: false,
      securityGroup: this.#balancerGroup,
      dropInvalidHeaderFields: true,
    });
    new BalancerLogs(this, "AccessLogs", { balancer, retention: props.logRetention });
    const listener =
      certificate === undefined
        ? balancer.addListener("Http", { port: 80, protocol: ApplicationProtocol.HTTP, open: false })
        : balancer.addListener("Https", {
            port: 443,
            protocol: ApplicationProtocol.HTTPS,
            certificates: [ListenerCertificate.fromArn(certificate.arn)],
            sslPolicy: SslPolicy.RECOMMENDED_TLS,
            open: false,
          });
    listener.addTargets("Registry", {
      port: ports.http,
      protocol: ApplicationProtocol.HTTP,
      targets: [service.loadBalancerTarget({ containerName: "registry", containerPort: ports.http })],
      // Readiness, which is that the journal has been replayed, and liveness, which is that it is still read: a task that is
      // refused by the brokers stops reading for good, and stays ready.
      healthCheck: { port: String(ports.management), path: "/health", interval: Duration.seconds(15) },
      deregistrationDelay: Duration.seconds(30),
    });
    service.connections.allowFrom(balancer, Port.tcp(ports.management), "health checks");
    if (certificate !== undefined) this.#name(certificate.domainName, vpc, balancer);
    const origin =
      certificate === undefined ? `http://${balancer.loadBalancerDnsName}` : `https://${certificate.domainName}`;
    this.#url = `${origin}/apis/ccompat/v7`;
    this.#urlParameter = props.urlParameter;
    new StringParameter(this, "Url", { parameterName: props.urlParameter, stringValue: this.#url });

    if (maxTasks > tasks) {
      service
        .autoScaleTaskCount({ minCapacity: tasks, maxCapacity: maxTasks })
        .scaleOnCpuUtilization("Cpu", { targetUtilizationPercent: 60 });
    }
  }

  /**
   * Base URL of the Confluent API for what is in the stack of a scope. Another stack reads it when it is deployed: an export
   * could not change while that stack imports it, and so neither the registry's name nor HTTP and HTTPS.
   */
  urlIn(scope: Construct): string {
    return Stack.of(scope) === Stack.of(this)
      ? this.#url
      : StringParameter.valueForStringParameter(scope, this.#urlParameter);
  }

  /** Lets a peer call the registry. The rule belongs to the peer's stack, which depends on this one. */
  allowFrom(peer: IConnectable): void {
    for (const [index, group] of peer.connections.securityGroups.entries()) {
      new CfnSecurityGroupIngress(group, `ToSchemaRegistry${index || ""}`, {
        groupId: this.#balancerGroup.securityGroupId,
        sourceSecurityGroupId: group.securityGroupId,
        ipProtocol: "tcp",
        fromPort: this.#port,
        toPort: this.#port,
        description: `schema registry clients of ${group.node.path}`,
      });
    }
  }

  /** Within the VPC the name is the balancer's, whatever it is elsewhere. */
  #name(zoneName: string, vpc: IVpc, balancer: ApplicationLoadBalancer): void {
    new ARecord(this, "Address", {
      zone: new PrivateHostedZone(this, "Zone", { zoneName, vpc }),
      target: RecordTarget.fromAlias(new LoadBalancerTarget(balancer)),
    });
  }

  #image(image: string | EcrImage): ContainerImage {
    if (typeof image === "string") return ContainerImage.fromRegistry(image);
    const repository = Repository.fromRepositoryName(this, "Repository", image.repository);
    return ContainerImage.fromEcrRepository(repository, image.tag);
  }

  #taskDefinition({
    image,
    cpu,
    memory,
    cluster,
    scramUser,
    logRetention,
  }: SchemaRegistryProps): FargateTaskDefinition {
    const definition = new FargateTaskDefinition(this, "Task", {
      cpu,
      memoryLimitMiB: memory.toMebibytes(),
      // As the functions: a fifth cheaper than x86, and Apicurio's images are built for both.
      runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
    });
    const user = cluster.scramUser(this, scramUser);
    // Taken by its ARN, for the reason that `grantReadSecret` has.
    const credentials = SecretsManagerSecret.fromSecretCompleteArn(this, "Credentials", user.secretArn);
    grantReadSecret(definition.obtainExecutionRole(), user);
    definition.addContainer("registry", {
      image: this.#image(image),
      portMappings: Object.values(ports).map((containerPort) => ({ containerPort, protocol: Protocol.TCP })),
      environment: registryEnvironment(cluster.bootstrap(this).saslScram, scramUser),
      secrets: {
        SCRAM_USERNAME: Secret.fromSecretsManager(credentials, "username"),
        SCRAM_PASSWORD: Secret.fromSecretsManager(credentials, "password"),
      },
      logging: LogDrivers.awsLogs({
        streamPrefix: "registry",
        logGroup: new LogGroup(this, "Logs", { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY }),
      }),
    });
    Validations.of(definition).acknowledge(
      {
        id: "AwsSolutions-ECS2",
        reason: "settings that are no secret; name and password come from the user's secret",
      },
      {
        id: "AwsSolutions-IAM5[Resource::*]",
        reason: "ecr:GetAuthorizationToken of an image in ECR, for which IAM knows no resource",
      },
    );
    return definition;
  }
}

/**
 * By default one error, or one answer that takes 10 s, takes a task out for five minutes: brokers that are slow for a moment
 * would take all of them. What ends a task is that its journal is not read any more, not that requests fail.
 */
const errorThresholds = Object.fromEntries(
  [
    "PERSISTENCE_EXCEPTION_LIVENESS",
    "RESPONSE_ERROR_LIVENESS",
    "PERSISTENCE_TIMEOUT_READINESS",
    "RESPONSE_TIMEOUT_READINESS",
  ].map((check) => [`APICURIO_METRICS_${check}_CHECK_ERROR_THRESHOLD`, "1000000"]),
);

function registryEnvironment(bootstrapServers: string, scramUser: string): Record<string, string> {
  return {
    APICURIO_STORAGE_KIND: "kafkasql",
    APICURIO_KAFKASQL_BOOTSTRAP_SERVERS: bootstrapServers,
    // Its topics come from the access file, with settings that it checks when it starts.
    APICURIO_KAFKASQL_TOPIC_AUTO_CREATE: "false",
    // A random UUID follows at each start, so that the journal is read from its beginning.
    APICURIO_KAFKASQL_CONSUMER_GROUP_PREFIX: `${scramUser}-`,
    // How long a start waits, several times over, for records that do not come: the default of 5 s makes a start 20 s.
    // A snapshot that is missed for it costs nothing, since the journal is whole.
    APICURIO_KAFKASQL_CONSUMER_POLL_TIMEOUT: "500",
    ...errorThresholds,
    APICURIO_KAFKA_COMMON_SECURITY_PROTOCOL: "SASL_SSL",
    // Apicurio's default, empty, would accept any host's certificate.
    APICURIO_KAFKA_COMMON_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM: "https",
    APICURIO_KAFKA_COMMON_SASL_MECHANISM: "SCRAM-SHA-512",
    // The registry itself puts the two variables of the task's secret in place, so no template and no console has them.
    // `${!NAME}` is how CloudFormation is told that an expression is not its own.
    APICURIO_KAFKA_COMMON_SASL_JAAS_CONFIG: Fn.sub(
      "org.apache.kafka.common.security.scram.ScramLoginModule required " +
        // biome-ignore lint/suspicious/noTemplateCurlyInString: expressions of the registry's configuration
        'username="${!SCRAM_USERNAME}" password="${!SCRAM_PASSWORD}";',
    ),
  };
}
