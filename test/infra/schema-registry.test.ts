import { Match, Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { prodBackbone, prodTemplates, templatesOf } from "./backbone.ts";
import { evaluate } from "./evaluate.ts";
import { allowedBy } from "./statements.ts";

const { schemaRegistry } = prodTemplates();

const [container] = Object.values(schemaRegistry.findResources("AWS::ECS::TaskDefinition")).flatMap(
  ({ Properties }) => Properties.ContainerDefinitions,
);

test("tasks serve on ARM, and a deployment that does not come up is rolled back", () => {
  expect(container.Image).toBe("apicurio/apicurio-registry:3.3.3");
  schemaRegistry.hasResourceProperties("AWS::ECS::Service", {
    LaunchType: "FARGATE",
    DeploymentConfiguration: {
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      MinimumHealthyPercent: 100,
    },
    NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: "DISABLED" } },
  });
  schemaRegistry.hasResourceProperties("AWS::ECS::TaskDefinition", {
    RuntimePlatform: { CpuArchitecture: "ARM64", OperatingSystemFamily: "LINUX" },
  });
});

test("it keeps its schemas on the cluster, as a SCRAM user over verified TLS, in topics that it does not create", () => {
  const environment = Object.fromEntries(
    container.Environment.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, evaluate(Value)]),
  );

  expect(environment).toEqual({
    APICURIO_STORAGE_KIND: "kafkasql",
    APICURIO_KAFKASQL_BOOTSTRAP_SERVERS: expect.stringMatching(/SaslScram/),
    APICURIO_KAFKASQL_TOPIC_AUTO_CREATE: "false",
    APICURIO_KAFKASQL_CONSUMER_GROUP_PREFIX: "schema-registry-",
    APICURIO_KAFKASQL_CONSUMER_POLL_TIMEOUT: "500",
    APICURIO_METRICS_PERSISTENCE_EXCEPTION_LIVENESS_CHECK_ERROR_THRESHOLD: "1000000",
    APICURIO_METRICS_RESPONSE_ERROR_LIVENESS_CHECK_ERROR_THRESHOLD: "1000000",
    APICURIO_METRICS_PERSISTENCE_TIMEOUT_READINESS_CHECK_ERROR_THRESHOLD: "1000000",
    APICURIO_METRICS_RESPONSE_TIMEOUT_READINESS_CHECK_ERROR_THRESHOLD: "1000000",
    APICURIO_KAFKA_COMMON_SECURITY_PROTOCOL: "SASL_SSL",
    APICURIO_KAFKA_COMMON_SSL_ENDPOINT_IDENTIFICATION_ALGORITHM: "https",
    APICURIO_KAFKA_COMMON_SASL_MECHANISM: "SCRAM-SHA-512",
    APICURIO_KAFKA_COMMON_SASL_JAAS_CONFIG:
      // biome-ignore lint/suspicious/noTemplateCurlyInString: expressions of the registry's configuration
      'org.apache.kafka.common.security.scram.ScramLoginModule required username="${SCRAM_USERNAME}" password="${SCRAM_PASSWORD}";',
  });
});

test("its password comes from the user's secret, which its tasks may read and nothing else", () => {
  expect(
    container.Secrets.map(({ Name, ValueFrom }: { Name: string; ValueFrom: unknown }) => [Name, evaluate(ValueFrom)]),
  ).toEqual([
    ["SCRAM_USERNAME", expect.stringMatching(/ScramUsersOfbackboneprodschemaregistry.*:username::$/)],
    ["SCRAM_PASSWORD", expect.stringMatching(/ScramUsersOfbackboneprodschemaregistry.*:password::$/)],
  ]);
  expect(allowedBy(schemaRegistry, /ExecutionRole/)).toEqual([
    expect.stringMatching(/^kms:Decrypt <.*ScramUsersKey/),
    expect.stringMatching(/^logs:CreateLogStream <SchemaRegistryLogs/),
    expect.stringMatching(/^logs:PutLogEvents <SchemaRegistryLogs/),
    expect.stringMatching(/^secretsmanager:DescribeSecret <.*ScramUsersOfbackboneprodschemaregistry/),
    expect.stringMatching(/^secretsmanager:GetSecretValue <.*ScramUsersOfbackboneprodschemaregistry/),
  ]);
});

test("it is behind an internal load balancer that asks whether the journal is replayed, and still read", () => {
  schemaRegistry.hasResourceProperties("AWS::ElasticLoadBalancingV2::LoadBalancer", { Scheme: "internal" });
  schemaRegistry.hasResourceProperties("AWS::ElasticLoadBalancingV2::TargetGroup", {
    Port: 8080,
    HealthCheckPath: "/health",
    HealthCheckPort: "9000",
  });
});

test("it opens to the pollers of event source mappings, by a rule of the stack that asks", () => {
  const { cluster, schemaRegistry, services } = prodBackbone();

  schemaRegistry.registry.allowFrom(cluster.cluster.pollersIn(services));

  Template.fromStack(services).hasResourceProperties("AWS::EC2::SecurityGroupIngress", {
    GroupId: { "Fn::ImportValue": Match.stringLikeRegexp("schema-registry.*BalancerSecurityGroup") },
    SourceSecurityGroupId: { "Fn::ImportValue": Match.stringLikeRegexp("prod-cluster.*KafkaSecurityGroup") },
    FromPort: 443,
    ToPort: 443,
  });
});

test.each(["dev", "prod"])(
  "in %s each request to the balancer leaves a line, in a bucket where it expires",
  (stage) => {
    const template = templatesOf(stage).schemaRegistry;
    const [bucket = ""] = Object.keys(template.findResources("AWS::S3::Bucket"));
    const [policy = ""] = Object.keys(template.findResources("AWS::S3::BucketPolicy"));

    template.hasResource("AWS::ElasticLoadBalancingV2::LoadBalancer", {
      Properties: {
        LoadBalancerAttributes: Match.arrayWith([
          { Key: "access_logs.s3.enabled", Value: "true" },
          { Key: "access_logs.s3.bucket", Value: { Ref: bucket } },
        ]),
      },
      DependsOn: Match.arrayWith([policy]),
    });
    template.hasResource("AWS::S3::Bucket", {
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: stage === "prod" ? 30 : 3 })] },
      },
      // Also by the rollback of a first deployment, since the balancer has written into it by then.
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
    });
  },
);

test("load balancers of the account may write to that bucket, in any region, and nobody without TLS", () => {
  const [policy] = Object.values(schemaRegistry.findResources("AWS::S3::BucketPolicy"));
  const [insecure, write, ...others] = policy?.Properties.PolicyDocument.Statement ?? [];

  expect(insecure).toMatchObject({
    Effect: "Deny",
    Action: "s3:*",
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
  expect(write).toMatchObject({
    Effect: "Allow",
    Action: "s3:PutObject",
    Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
  });
  expect(evaluate(write.Resource)).toMatch(/^<SchemaRegistryAccessLogsBucket\w+\.Arn>\/AWSLogs\/AccountId\/\*$/);
  expect(evaluate(write.Condition.ArnLike["aws:SourceArn"])).toBe(
    "arn:Partition:elasticloadbalancing:Region:AccountId:loadbalancer/*",
  );
  expect(others).toEqual([]);
});

test("prod serves HTTPS under a name and a certificate that the deployment is told", () => {
  for (const name of ["CertificateArn", "DomainName"]) {
    schemaRegistry.hasParameter(name, { Default: Match.absent(), AllowedPattern: Match.anyValue() });
  }
  schemaRegistry.resourceCountIs("AWS::ElasticLoadBalancingV2::Listener", 1);
  schemaRegistry.hasResourceProperties("AWS::ElasticLoadBalancingV2::Listener", {
    Port: 443,
    Protocol: "HTTPS",
    Certificates: [{ CertificateArn: { Ref: "CertificateArn" } }],
    SslPolicy: Match.stringLikeRegexp("TLS13"),
  });
  schemaRegistry.hasResourceProperties("AWS::Route53::HostedZone", {
    Name: { "Fn::Join": ["", [{ Ref: "DomainName" }, "."]] },
    VPCs: [Match.anyValue()],
  });
  schemaRegistry.hasResourceProperties("AWS::Lambda::Function", {
    FunctionName: "backbone-prod-schema-registration",
    Environment: {
      Variables: {
        SCHEMA_REGISTRY_URL: { "Fn::Join": ["", ["https://", { Ref: "DomainName" }, "/apis/ccompat/v7"]] },
      },
    },
  });
});

test.each([
  ["registry.example.com", true],
  ["schemas.eu-1.example.xn--p1ai", true],
  ["example.com", false],
  ["com", false],
  ["registry.example.com.", false],
  ["-registry.example.com", false],
  ["*.example.com", false],
])("as its name %s is taken: %s, since the VPC would not see what else a whole domain has", (name, taken) => {
  const [{ AllowedPattern } = { AllowedPattern: "" }] = Object.values(schemaRegistry.findParameters("DomainName"));

  expect(new RegExp(AllowedPattern).test(name)).toBe(taken);
});

test.each(["dev", "prod"])("the name of %s's registry may change, since no other stack imports it", (stage) => {
  const templates = templatesOf(stage);
  const url = "https?://.*(DomainName|Balancer.*DNSName).*/apis/ccompat/v7";
  const name = `/backbone/${stage}/schema-registry-url`;

  const [parameter] = Object.values(templates.schemaRegistry.findResources("AWS::SSM::Parameter"));
  expect(parameter?.Properties).toMatchObject({ Type: "String", Name: name });
  expect(evaluate(parameter?.Properties.Value)).toMatch(new RegExp(`^${url}$`));
  templates.services.hasParameter("*", { Type: "AWS::SSM::Parameter::Value<String>", Default: name });
  expect(JSON.stringify(templates.schemaRegistry.findOutputs("*"))).not.toMatch(/DomainName|DNSName/);
});

test("dev needs no certificate", () => {
  const dev = templatesOf("dev").schemaRegistry;

  expect(dev.findParameters("CertificateArn")).toEqual({});
  dev.hasResourceProperties("AWS::ElasticLoadBalancingV2::Listener", { Port: 80, Protocol: "HTTP" });
  dev.resourceCountIs("AWS::Route53::HostedZone", 0);
});

test("tasks are spread over the zones, and more of them start while theirs are busy", () => {
  schemaRegistry.hasResourceProperties("AWS::ECS::Service", {
    AvailabilityZoneRebalancing: "ENABLED",
    NetworkConfiguration: {
      AwsvpcConfiguration: { Subnets: [Match.anyValue(), Match.anyValue(), Match.anyValue()] },
    },
  });
  // A number of the service's own would undo the scaling with each deployment.
  schemaRegistry.hasResourceProperties("AWS::ECS::Service", { DesiredCount: Match.absent() });
  schemaRegistry.hasResourceProperties("AWS::ApplicationAutoScaling::ScalableTarget", {
    MinCapacity: 2,
    MaxCapacity: 4,
  });
  schemaRegistry.hasResourceProperties("AWS::ApplicationAutoScaling::ScalingPolicy", {
    TargetTrackingScalingPolicyConfiguration: {
      PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
      TargetValue: 60,
    },
  });
});

test("it reaches the brokers' SCRAM port, and only its clients and health checks reach it", () => {
  const groupOf = (id: unknown) =>
    /(Kafka|Registration|Rotation|Balancer|Task|Operators)(?:Handler)?SecurityGroup/.exec(String(evaluate(id)))?.[1] ??
    "unknown";
  const rules = Object.values(schemaRegistry.findResources("AWS::EC2::SecurityGroupIngress")).map(
    ({ Properties }) =>
      `${groupOf(Properties.SourceSecurityGroupId)} → ${groupOf(Properties.GroupId)} ${Properties.FromPort}`,
  );

  expect(rules.sort()).toEqual([
    "Balancer → Task 8080",
    "Balancer → Task 9000",
    "Operators → Balancer 443",
    "Registration → Balancer 443",
    "Rotation → Kafka 9096",
    "Task → Kafka 9096",
  ]);
});

test("the schemas are registered once it serves", () => {
  const [service = ""] = Object.keys(schemaRegistry.findResources("AWS::ECS::Service"));
  schemaRegistry.hasResource("Custom::Trigger", {
    Properties: { HandlerArn: { Ref: Match.stringLikeRegexp("^SchemaRegistrationFunctionCurrentVersion") } },
    DependsOn: Match.arrayWith([service]),
  });
  schemaRegistry.hasResourceProperties("AWS::Lambda::Function", {
    FunctionName: "backbone-prod-schema-registration",
    Environment: { Variables: { ORDER_EVENTS_TOPIC: "order-events" } },
  });
});
