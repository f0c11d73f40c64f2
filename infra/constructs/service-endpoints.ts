import {
  InterfaceVpcEndpointAwsService as Aws,
  InterfaceVpcEndpoint,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
} from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";

export interface ServiceEndpointsProps {
  readonly vpc: IVpc;
  /** Addresses of the network, e.g. `10.0.0.0/16`. */
  readonly cidr: string;
  /** Whether an event source mapping is without pollers of its own. */
  readonly pollersOnDemand: boolean;
  /** Whether passwords of SCRAM users change by themselves. */
  readonly rotatesPasswords: boolean;
}

/**
 * What tasks of the registry call: their image (whose layers are in S3, which has a gateway endpoint), their user's
 * password, their logs. Fargate needs none for ECS.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
 */
const ofRegistry = {
  EcrApi: Aws.ECR,
  EcrDocker: Aws.ECR_DOCKER,
  Secrets: Aws.SECRETS_MANAGER,
  Logs: Aws.CLOUDWATCH_LOGS,
};

/**
 * What the pollers of a mapping call from the cluster's subnets; in provisioned mode they need no endpoint.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-msk-cluster-network.html
 */
const ofPollersOnDemand = { Lambda: Aws.LAMBDA, Sts: Aws.STS };

/**
 * The rotation of the registry's password restarts its tasks. Secrets Manager, which it works on, the tasks call as well.
 * It is there for any rotation: which user is the registry's, the access file says, which the network does without.
 */
const ofRotation = { Ecs: Aws.ECS };

/**
 * The ways to AWS of a network without a way to the internet: each service's name leads to an endpoint in every zone.
 *
 * Other functions need none: their logs are Lambda's to write, IAM tokens for Kafka are signed in the function, DynamoDB has a
 * gateway endpoint, and its keys are DynamoDB's to use. Functions outside of the network reach AWS anyway.
 */
export class ServiceEndpoints extends Construct {
  constructor(scope: Construct, id: string, props: ServiceEndpointsProps) {
    super(scope, id);
    const { vpc, cidr, pollersOnDemand, rotatesPasswords } = props;
    const securityGroup = new SecurityGroup(this, "SecurityGroup", {
      vpc,
      description: "endpoints of the services of AWS",
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(Peer.ipv4(cidr), Port.tcp(443), "calls from within the network");
    const services = {
      ...ofRegistry,
      ...(pollersOnDemand ? ofPollersOnDemand : {}),
      ...(rotatesPasswords ? ofRotation : {}),
    };
    for (const [name, service] of Object.entries(services)) {
      new InterfaceVpcEndpoint(this, name, {
        vpc,
        service,
        securityGroups: [securityGroup],
        privateDnsEnabled: true,
        open: false,
      });
    }
  }
}
