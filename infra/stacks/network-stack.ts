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
import { ServiceEndpoints } from "../constructs/service-endpoints.ts";

export interface NetworkStackProps extends StackProps {
  readonly config: StageConfig;
}

const cidr = "10.0.0.0/16";

/**
 * Three zones, each with a private subnet (brokers, registry, functions). Their way to AWS are NAT gateways in public
 * subnets, or, in a stage without, interface endpoints.
 */
export class NetworkStack extends Stack {
  readonly vpc: IVpc;

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    const { natGateways } = props.config;
    const vpc = new Vpc(this, "Vpc", {
      ipAddresses: IpAddresses.cidr(cidr),
      // Without an account to look into, `maxAzs: 3` gives two zones. MSK spreads a cluster over exactly these three.
      availabilityZones: [
        ...(props.config.availabilityZones ?? [0, 1, 2].map((index) => Fn.select(index, Fn.getAzs()))),
      ],
      natGateways,
      subnetConfiguration: [
        // Reserved where there are none: a stage that gets or loses its gateways keeps its private subnets, and so its brokers.
        {
          name: "Public",
          subnetType: SubnetType.PUBLIC,
          cidrMask: 24,
          mapPublicIpOnLaunch: false,
          reserved: natGateways === 0,
        },
        {
          name: "Private",
          subnetType: natGateways === 0 ? SubnetType.PRIVATE_ISOLATED : SubnetType.PRIVATE_WITH_EGRESS,
          cidrMask: 20,
        },
      ],
      // What functions do most goes around the NAT gateways, and costs nothing.
      gatewayEndpoints: {
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
        S3: { service: GatewayVpcEndpointAwsService.S3 },
      },
    });
    if (natGateways === 0) {
      const consumers = [props.config.inventory, props.config.orderStatus];
      const pollersOnDemand = consumers.some(({ pollers }) => pollers === undefined);
      const rotation = Object.keys(props.config.scramRotation ?? {}).length > 0;
      new ServiceEndpoints(this, "Endpoints", { vpc: vpc as IVpc, cidr, pollersOnDemand, rotation });
    }
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
