import { Fn, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { type ILogGroup, LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { StageConfig } from "../config.ts";

export interface NetworkStackProps extends StackProps {
  readonly config: StageConfig;
}

/** Three zones, each with a public subnet (NAT) and a private one (brokers, registry, functions). */
export class NetworkStack extends Stack {
  readonly vpc: IVpc;

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    const vpc = new Vpc(this, "Vpc", {
      ipAddresses: IpAddresses.cidr("10.0.0.0/16"),
      // Without an account to look into, `maxAzs: 3` gives two zones. MSK spreads a cluster over exactly these three.
      availabilityZones: [
        ...(props.config.availabilityZones ?? [0, 1, 2].map((index) => Fn.select(index, Fn.getAzs()))),
      ],
      natGateways: props.config.natGateways,
      subnetConfiguration: [
        { name: "Public", subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: "Private", subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
      ],
      // What functions do most goes around the NAT gateways, and costs nothing.
      gatewayEndpoints: {
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
        S3: { service: GatewayVpcEndpointAwsService.S3 },
      },
    });
    // Who reached whom, and who was refused, where functions, registry and brokers stand.
    vpc.addFlowLog("FlowLogs", {
      trafficType: FlowLogTrafficType.ALL,
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, "FlowLogs", {
          retention: props.config.logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }) as ILogGroup,
      ),
    });
    // CDK's classes declare optional members otherwise than its interfaces, which exactOptionalPropertyTypes notices.
    this.vpc = vpc as IVpc;
  }
}
