import type { IConnectable } from "aws-cdk-lib/aws-ec2";
import type { IGrantable } from "aws-cdk-lib/aws-iam";
import { type Access, type Service, statementsOf } from "../../shared/access/index.ts";
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
 * Gives an IAM principal on the cluster what the access file says of its service, and the network path to the brokers.
 *
 * @throws BackboneError INVALID_OPTIONS for a service whose grants are ACLs
 */
export function grantServiceAccess(
  cluster: MskCluster,
  access: Access,
  service: Service,
  grantee: IGrantable & IConnectable,
): void {
  for (const statement of statementsOf(access, service)) cluster.grant(grantee, statement);
  cluster.allowIamFrom(grantee);
}
