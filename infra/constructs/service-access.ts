import type { IConnectable } from "aws-cdk-lib/aws-ec2";
import type { IGrantable } from "aws-cdk-lib/aws-iam";
import { type Access, consumerGroupOf, deadLetterTopicName, type Service } from "../../shared/access/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import type { MskCluster } from "./msk-cluster.ts";

/**
 * The service of that name in the access file.
 *
 * @throws BackboneError INVALID_OPTIONS if the file does not have it
 */
export function serviceOf(access: Access, name: string): Service {
  const service = access.services.find((candidate) => candidate.name === name);
  if (service === undefined) {
    const known = access.services.map((candidate) => candidate.name);
    throw new BackboneError(
      "INVALID_OPTIONS",
      `service: must be in the access file (${known.join(", ")}), got '${name}'`,
    );
  }
  return service;
}

/**
 * Gives an IAM principal on the cluster what the access file says of its service, and the network path to the brokers:
 * it produces to what the service produces, reads what it consumes in its groups, and produces to the dead-letter topics
 * of that.
 *
 * @param consumed those of the topics that the service consumes which this principal reads; @default all
 * @throws BackboneError INVALID_OPTIONS for a service whose grants are ACLs
 */
export function grantServiceAccess(
  cluster: MskCluster,
  service: Service,
  grantee: IGrantable & IConnectable,
  consumed: readonly string[] = service.consumes,
): void {
  if (service.auth !== "iam") {
    throw new BackboneError("INVALID_OPTIONS", `service ${service.name}: auth must be iam, got ${service.auth}`);
  }
  for (const topic of service.produces) cluster.grantProduce(grantee, topic);
  for (const topic of consumed) {
    if (service.deadLetters) cluster.grantProduce(grantee, deadLetterTopicName(topic, service.name));
    cluster.grantConsume(grantee, topic, consumerGroupOf(service, topic));
  }
  cluster.allowIamFrom(grantee);
}
