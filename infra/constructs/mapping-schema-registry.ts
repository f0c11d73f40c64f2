import { Token, Validations } from "aws-cdk-lib";
import { Grant } from "aws-cdk-lib/aws-iam";
import type { CfnEventSourceMapping } from "aws-cdk-lib/aws-lambda";
import type { ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { NodeFunction } from "./node-function.ts";
import { grantReadSecret } from "./secret-access.ts";

/**
 * The registry whose schemas the mapping checks records against. A record that does not pass goes where the mapping
 * offloads to, or is dropped; the function's deserializer has to be told of it (`eventRecordFormat`). The registry has to
 * be reachable from the cluster's security group, on port 443 (the project's own: `registry.allowFrom(cluster.pollersIn(…))`).
 * https://docs.aws.amazon.com/lambda/latest/dg/services-consume-kafka-events.html
 */
export interface MappingSchemaRegistry {
  /** URL of a Confluent registry, `https://…`, or ARN of one of AWS Glue. */
  readonly uri: string;
  /**
   * What the function gets: `JSON` of the data, which cannot be redriven once it is a dead letter, or the bytes as the
   * producer encoded them, without the schema's id. `JSON` with a registry of AWS Glue.
   */
  readonly recordFormat: "JSON" | "SOURCE";
  /** What is checked, and decoded if it becomes JSON; one at least. */
  readonly validate: readonly ("KEY" | "VALUE")[];
  /** How a Confluent registry knows the mapping, and the mapping the registry. @default neither shows anything */
  readonly access?: readonly SchemaRegistryAccess[];
}

export interface SchemaRegistryAccess {
  readonly type: "BASIC_AUTH" | "CLIENT_CERTIFICATE_TLS_AUTH" | "SERVER_ROOT_CA_CERTIFICATE";
  /** The class beside its interface: see the note on CDK's interfaces in network-stack.ts. */
  readonly secret: ISecret | Secret;
}

const glueArn = /^(arn:[^:]+:glue:[^:]*:[^:]*):registry\/([^/]+)$/;

/** What is wrong with it, each problem with its path. */
export function schemaRegistryProblems(registry: MappingSchemaRegistry | undefined): string[] {
  if (registry === undefined) return [];
  const { uri, recordFormat, validate, access = [] } = registry;
  return [
    ...(Token.isUnresolved(uri) || glueArn.test(uri) || isHttps(uri)
      ? []
      : [
          "schemaRegistry.uri: must be a URL https://… without port and login, or the ARN of a registry of AWS Glue" +
            (uri.includes("@") ? "" : `, got '${uri}'`),
        ]),
    ...(validate.length > 0 && new Set(validate).size === validate.length
      ? []
      : [`schemaRegistry.validate: must be KEY, VALUE or both, got '${validate.join(", ")}'`]),
    // Their ids are UUIDs, by which the deserializer finds no schema.
    ...(glueArn.test(uri) && recordFormat === "SOURCE"
      ? ["schemaRegistry.recordFormat: must be JSON with a registry of AWS Glue, got SOURCE"]
      : []),
    ...(glueArn.test(uri) && access.length > 0
      ? ["schemaRegistry.access: is of Confluent registries, AWS Glue lets the function's role in"]
      : []),
    // By a name or a part of its ARN alone, the grant to read it would match nothing.
    ...access
      .filter(({ secret }) => secret.secretFullArn === undefined)
      .map(({ secret }) => `schemaRegistry.access: a secret must have its whole ARN, got '${secret.secretName}'`),
  ];
}

/** The pollers reach port 443 alone; what a URI says of a login would stand in the template. */
function isHttps(uri: string): boolean {
  const { protocol, port, username, password } = URL.parse(uri) ?? {};
  return protocol === "https:" && `${port}${username}${password}` === "";
}

/** The property of the mapping; the function's role gets what reading the registry takes. */
export function readSchemasOf(
  { uri, recordFormat, validate, access = [] }: MappingSchemaRegistry,
  handler: NodeFunction,
): CfnEventSourceMapping.SchemaRegistryConfigProperty {
  for (const { secret } of access) {
    const keyArn = secret.encryptionKey?.keyArn;
    grantReadSecret(handler, { secretArn: secret.secretArn, ...(keyArn === undefined ? {} : { keyArn }) });
  }
  grantGlue(uri, handler);
  return {
    schemaRegistryUri: uri,
    eventRecordFormat: recordFormat,
    schemaValidationConfigs: validate.map((attribute) => ({ attribute })),
    ...(access.length === 0
      ? {}
      : { accessConfigs: access.map(({ type, secret }) => ({ type, uri: secret.secretArn })) }),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html */
function grantGlue(uri: string, handler: NodeFunction): void {
  const [, prefix, name] = glueArn.exec(uri) ?? [];
  if (prefix === undefined) return;
  const schemas = `${prefix}:schema/${name}/*`;
  const allow = (action: string, ...resourceArns: string[]) =>
    Grant.addToPrincipal({ grantee: handler, actions: [action], resourceArns }).assertSuccess();
  allow("glue:GetRegistry", uri);
  allow("glue:GetSchemaVersion", uri, schemas);
  Validations.of(handler).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${schemas}]`,
    reason: "the schemas of this one registry",
  });
}
