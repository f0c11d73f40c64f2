import { join } from "node:path";
import { type Duration, RemovalPolicy, type Size } from "aws-cdk-lib";
import { type Connections, type IConnectable, type IVpc, SecurityGroup, SubnetType } from "aws-cdk-lib/aws-ec2";
import { type IGrantable, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogLevel, NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { unscoped } from "./unscoped-actions.ts";

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
  /** The network whose private subnets the function works in. @default none, the function reaches AWS and the internet alone */
  readonly vpc?: IVpc;
  readonly logRetention: RetentionDays;
}

const root = join(import.meta.dirname, "../..");

/** CommonJS dependencies call `require`, which an ES module does not have. */
const requireForDependencies =
  "import { createRequire as createRequireForBundle } from 'node:module';" +
  "const require = createRequireForBundle(import.meta.url);";

/**
 * A function of this project: Node 24 on ARM, one minified ES module with its source map, without the AWS SDK (the
 * runtime has it), a role with nothing in it but its own logs and network interfaces, and logs that expire.
 */
export class NodeFunction extends Construct implements IGrantable, IConnectable {
  readonly function: NodejsFunction;
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
    if (props.vpc !== undefined) this.grantPrincipal.addToPrincipalPolicy(unscoped.functionInVpc());

    this.function = new NodejsFunction(this, "Function", {
      functionName: props.functionName,
      entry: join(root, "functions", props.folder, "handler.ts"),
      projectRoot: root,
      depsLockFilePath: join(root, "package-lock.json"),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memory.toMebibytes(),
      timeout: props.timeout,
      role: this.grantPrincipal,
      logGroup,
      environment: { ...props.environment, NODE_OPTIONS: "--enable-source-maps" },
      bundling: {
        format: OutputFormat.ESM,
        mainFields: ["module", "main"],
        minify: true,
        sourceMap: true,
        sourcesContent: false,
        banner: requireForDependencies,
        // What the runtime brings. Smaller packages of the SDK, which it may not bring, are bundled.
        externalModules: ["@aws-sdk/client-*", "@aws-sdk/lib-*", "@aws-sdk/credential-*"],
        logLevel: LogLevel.WARNING,
      },
      ...(props.vpc === undefined ? {} : privateNetwork(this, props.vpc)),
    });
  }

  get connections(): Connections {
    return this.function.connections;
  }
}

function privateNetwork(scope: Construct, vpc: IVpc) {
  return {
    vpc,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    securityGroups: [
      new SecurityGroup(scope, "SecurityGroup", {
        vpc,
        description: `function ${scope.node.path}`,
        allowAllOutbound: true,
      }),
    ],
  };
}
