import { Duration, Size, Stack } from "aws-cdk-lib";
import type { IVpc } from "aws-cdk-lib/aws-ec2";
import type { FargateService } from "aws-cdk-lib/aws-ecs";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { CfnRotationSchedule } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { BackboneError } from "../../shared/errors.ts";
import type { MskCluster } from "./msk-cluster.ts";
import { NodeFunction } from "./node-function.ts";
import { throughSecretsManager } from "./secret-access.ts";
import { unscoped } from "./unscoped-actions.ts";

export interface ScramRotationProps {
  readonly cluster: MskCluster;
  /** The SCRAM user whose password changes. */
  readonly user: string;
  /** Whole hours, 4 hours to 999 days. */
  readonly every: Duration;
  /** Started again as soon as every broker takes a new password. @default nothing */
  readonly restarts?: Pick<FargateService, "cluster" | "serviceName" | "serviceArn">;
  /** 1 to 64 letters, digits, hyphens and underscores. */
  readonly functionName: string;
  /** The network from which the brokers are reached. */
  readonly vpc: IVpc;
  readonly logRetention: RetentionDays;
}

/**
 * Changes the password of a SCRAM user on a schedule. The user's secret may belong to another stack. A deployment rotates
 * nothing: it only has the function look at the secret, by its step testSecret.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html
 */
export class ScramRotation extends Construct {
  constructor(scope: Construct, id: string, props: ScramRotationProps) {
    super(scope, id);
    const { cluster, user, every, restarts, functionName, vpc, logRetention } = props;
    const hours = every.toHours({ integral: false });
    if (!Number.isInteger(hours) || hours < 4 || hours > 999 * 24) {
      throw new BackboneError(
        "INVALID_OPTIONS",
        `rotation of ${user}: every must be whole hours from 4 to 23976, got ${hours}`,
      );
    }
    if (!/^[\w-]{1,64}$/.test(functionName)) {
      throw new BackboneError(
        "INVALID_OPTIONS",
        `rotation of ${user}: its function's name must be 1 to 64 letters, digits, hyphens and underscores, got '${functionName}'`,
      );
    }
    const { secretArn, keyArn } = cluster.scramUser(this, user);
    const handler = new NodeFunction(this, "Handler", {
      functionName,
      folder: "scram-rotation",
      memory: Size.mebibytes(256),
      // MSK takes up to ten minutes to read a secret.
      timeout: Duration.minutes(15),
      environment: {
        KAFKA_BOOTSTRAP_SERVERS: cluster.bootstrap(this).saslScram,
        ...(restarts === undefined
          ? {}
          : { ECS_CLUSTER: restarts.cluster.clusterName, ECS_SERVICE: restarts.serviceName }),
      },
      vpc,
      logRetention,
    });
    cluster.allowScramFrom(handler);
    for (const statement of statements(secretArn, keyArn, restarts?.serviceArn)) {
      handler.grantPrincipal.addToPrincipalPolicy(statement);
    }
    handler.function.addPermission("SecretsManager", {
      principal: new ServicePrincipal("secretsmanager.amazonaws.com"),
      sourceArn: secretArn,
      sourceAccount: Stack.of(this).account,
    });

    const schedule = new CfnRotationSchedule(this, "Schedule", {
      secretId: secretArn,
      rotationLambdaArn: handler.function.functionArn,
      rotationRules: { scheduleExpression: rateOf(every) },
      rotateImmediatelyOnUpdate: false,
    });
    // Secrets Manager calls the function while the schedule is made: it needs its policy and its way by then.
    schedule.node.addDependency(handler);
  }
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html */
function statements(secretArn: string, keyArn: string, serviceArn?: string): PolicyStatement[] {
  const actionsOn = (resource: string, ...actions: readonly string[]) =>
    new PolicyStatement({ actions: [...actions], resources: [resource] });
  const key = actionsOn(keyArn, "kms:Decrypt", "kms:GenerateDataKey");
  // The one key is that of all users' secrets.
  key.addCondition("StringEquals", { ...throughSecretsManager, "kms:EncryptionContext:SecretARN": secretArn });
  return [
    actionsOn(
      secretArn,
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:UpdateSecretVersionStage",
    ),
    key,
    unscoped.randomPassword(),
    ...(serviceArn === undefined ? [] : [actionsOn(serviceArn, "ecs:UpdateService")]),
  ];
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html */
function rateOf(every: Duration): string {
  const hours = every.toHours();
  const [value, unit] = hours % 24 === 0 ? [hours / 24, "day"] : [hours, "hour"];
  return `rate(${value} ${unit}${value === 1 ? "" : "s"})`;
}
