import { join } from "node:path";
import {
  ArnFormat,
  AssetHashType,
  DockerImage,
  type Duration,
  RemovalPolicy,
  type Size,
  Stack,
  Validations,
} from "aws-cdk-lib";
import { type Connections, type IConnectable, type IVpc, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { type IGrantable, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, type AssetCode, Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { bundleFunction } from "./function-bundle.ts";
import { codeWithoutInterfaces, unscoped } from "./unscoped-actions.ts";

export interface NodeFunctionProps {
  readonly functionName: string;
  /** Folder under `functions/`; its `handler.ts` exports `handler`. */
  readonly folder: string;
  /** 128 to 10,240 MiB; one vCPU comes with 1,769. */
  readonly memory: Size;
  /** At most 15 minutes. */
  readonly timeout: Duration;
  /** Variables of the function. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Executions at once that are set aside for it, and that it may not exceed, 1 or more; 100 of the account's quota must
   * stay with all others. @default none, it takes what the account has left
   */
  readonly reservedConcurrentExecutions?: number;
  /** The network whose private subnets the function works in. @default none, the function reaches AWS and the internet alone */
  readonly vpc?: IVpc;
  readonly logRetention: RetentionDays;
}

const root = join(import.meta.dirname, "../..");

/** The bundle of a folder under `functions/`, made by esbuild of the project itself: no container, no network. */
function bundleOf(folder: string): AssetCode {
  const entry = join(root, "functions", folder, "handler.ts");
  return Code.fromAsset(join(root, "functions", folder), {
    // What is bundled comes from all over the project: the bundle itself says whether it has changed.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry("never-used"),
      local: {
        tryBundle(outputFolder) {
          bundleFunction(entry, outputFolder);
          return true;
        },
      },
    },
  });
}

/**
 * A function of this project: Node 24 on ARM, minified ES modules with their source maps and the AWS SDK, a role with
 * nothing in it but its own logs and network interfaces, and logs that expire.
 */
export class NodeFunction extends Construct implements IGrantable, IConnectable {
  readonly function: LambdaFunction;
  readonly grantPrincipal: Role;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, "Logs", {
      logGroupName: `/aws/lambda/${props.functionName}`,
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // The managed policies that a function gets by itself allow writing to every log group of the account.
    this.grantPrincipal = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    logGroup.grantWrite(this.grantPrincipal);
    if (props.vpc !== undefined) {
      this.grantPrincipal.addToPrincipalPolicy(unscoped.functionInVpc());
      this.grantPrincipal.addToPrincipalPolicy(codeWithoutInterfaces(arnOf(this, props.functionName)));
    }

    this.function = new LambdaFunction(this, "Function", {
      functionName: props.functionName,
      code: bundleOf(props.folder),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memory.toMebibytes(),
      timeout: props.timeout,
      ...(props.reservedConcurrentExecutions === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrentExecutions }),
      role: this.grantPrincipal,
      logGroup,
      environment: props.environment ?? {},
      ...(props.vpc === undefined ? {} : privateNetwork(this, props.vpc)),
    });
    Validations.of(this).acknowledge(
      {
        id: "AwsSolutions-IAM5[Resource::*]",
        reason: "only the actions of unscoped-actions.ts, each with its reason and its source",
      },
      {
        id: "Serverless-LambdaDLQ",
        reason: "whoever calls it waits for its answer and sees its failure, or is a schedule and comes again",
      },
      {
        id: "Serverless-LambdaTracing",
        reason: "traces go on in the events, by traceparent of OpenTelemetry; X-Ray would make others beside them",
      },
    );
  }

  get connections(): Connections {
    return this.function.connections;
  }
}

/** Formed of its name: the function itself waits for its role, whose policy this is part of. */
function arnOf(scope: Construct, functionName: string): string {
  return Stack.of(scope).formatArn({
    service: "lambda",
    resource: "function",
    resourceName: functionName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

function privateNetwork(scope: Construct, vpc: IVpc) {
  return {
    vpc,
    securityGroups: [
      new SecurityGroup(scope, "SecurityGroup", {
        vpc,
        description: `function ${scope.node.path}`,
        allowAllOutbound: true,
      }),
    ],
  };
}
