import type { IConnectable } from "aws-cdk-lib/aws-ec2";
import type { IGrantable } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { type Access, type Service, statementsOf } from "../../shared/access/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import type { MskCluster } from "./msk-cluster.ts";
import { principalName, type ScramUser } from "./scram-users.ts";
import { grantReadSecret } from "./secret-access.ts";

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

/** What a function of a service is told of Kafka: the variables of `kafkaVariables`. */
export function kafkaEnvironment(
  scope: Construct,
  cluster: MskCluster,
  service: Service,
): Readonly<Record<string, string>> {
  switch (service.auth) {
    case "iam":
      return { KAFKA_BOOTSTRAP_SERVERS: cluster.bootstrap(scope).saslIam, KAFKA_AUTH: "iam" };
    case "scram":
      return {
        KAFKA_BOOTSTRAP_SERVERS: cluster.bootstrap(scope).saslScram,
        KAFKA_AUTH: "scram",
        KAFKA_SCRAM_SECRET_ARN: scramUserOf(scope, cluster, service).secretArn,
      };
  }
}

/**
 * Lets a principal of IAM do on the cluster what the access file says of its service, and opens it the way to the brokers.
 * With IAM that are statements of its policy. With SCRAM it is the secret of the service's user, whose ACLs are the rest.
 */
export function grantServiceAccess(
  cluster: MskCluster,
  access: Access,
  service: Service,
  grantee: IGrantable & IConnectable & Construct,
): void {
  switch (service.auth) {
    case "iam":
      for (const statement of statementsOf(access, service)) cluster.grant(grantee, statement);
      cluster.allowIamFrom(grantee);
      return;
    case "scram":
      grantReadSecret(grantee, scramUserOf(grantee, cluster, service));
      cluster.allowScramFrom(grantee);
  }
}

/** The user that a SCRAM service speaks as, for what is in the stack of a scope. */
export function scramUserOf(scope: Construct, cluster: MskCluster, service: Service): ScramUser {
  return cluster.scramUser(scope, principalName(service));
}

/** The SCRAM user that the schema registry logs in as. */
export function registryUserOf(access: Access): string {
  return principalName(serviceOf(access, "schema-registry"));
}
