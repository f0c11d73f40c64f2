import { join } from "node:path";
import type { Acl } from "../shared/access/index.ts";
import { BackboneError } from "../shared/errors.ts";
import { defineFunction, functionArn, functionName } from "./lambda/function-definition.ts";
import { createLocalFunction, type LocalFunction } from "./lambda/local-function.ts";
import { type Identity, passwordOf } from "./parts/identity.ts";
import { dynamoDbSettings } from "./provision.ts";
import type { Assembly, Resource } from "./template/assembly.ts";
import { aclsOfRole } from "./template/grants.ts";
import { localRegion, type Resolve } from "./template/resolve.ts";
import { userOfSecret } from "./template/scram-secrets.ts";

/** A function whose role may use the cluster: it comes as a SCRAM principal of the same grants. */
export interface FunctionPrincipal {
  readonly name: string;
  readonly acls: readonly Acl[];
}

export function functionPrincipals(assembly: Assembly, resolve: Resolve): FunctionPrincipal[] {
  return assembly
    .resourcesOf("AWS::Lambda::Function")
    .map((resource) => {
      const name = functionName(resource);
      return { name, acls: aclsOfRole(name, roleOf(resource), assembly, resolve) };
    })
    .filter(({ acls }) => acls.length > 0);
}

/** The role that `Role: { "Fn::GetAtt": [role, "Arn"] }` names. */
function roleOf(resource: Resource): Resource {
  const reference: unknown = resource.properties.Role;
  const id = /"Fn::GetAtt":\["([^"]+)","Arn"\]/.exec(JSON.stringify(reference) ?? "")?.[1];
  const role = id === undefined ? undefined : resource.stack.resources.get(id);
  if (role === undefined)
    throw new BackboneError(
      "TEMPLATE_UNSUPPORTED",
      `function ${resource.logicalId}: its role is no resource of its stack`,
    );
  return role;
}

export interface FunctionsOptions {
  readonly assembly: Assembly;
  readonly resolve: Resolve;
  readonly identity: Identity;
  readonly dynamoDbPort: number;
  readonly registryPort: number;
  /** PEM file that the functions' processes trust besides the usual authorities. */
  readonly trustedCertificateFile: string;
  readonly logFolder: string;
  /** Execution environments of one function at the same time. */
  readonly maxConcurrency: number;
}

/** The functions of the templates, each made when something first asks for it. */
export interface Functions {
  /** By name or ARN, with or without a version. */
  get(nameOrArn: string): LocalFunction;
  running(): LocalFunction[];
  stop(): Promise<void>;
}

export function createFunctions(options: FunctionsOptions): Functions {
  const { assembly, resolve, logFolder, maxConcurrency } = options;
  const resources = assembly.resourcesOf("AWS::Lambda::Function");
  const made = new Map<Resource, LocalFunction>();

  function make(resource: Resource): LocalFunction {
    const definition = defineFunction(resource, assembly, resolve);
    return createLocalFunction({
      definition,
      environment: {
        ...lambdaEnvironment(options),
        ...withPlainRegistry(withLocalPrincipal(definition.name, definition.environment, options), options),
      },
      logFile: join(logFolder, `${definition.name}.log`),
      maxConcurrency,
    });
  }

  return {
    get(nameOrArn) {
      const resource = resources.find(
        (one) => functionName(one) === nameOrArn || nameOrArn.startsWith(functionArn(one)),
      );
      if (resource === undefined)
        throw new BackboneError("TEMPLATE_UNSUPPORTED", `the function ${nameOrArn} is in none of the templates`);
      const known = made.get(resource) ?? make(resource);
      made.set(resource, known);
      return known;
    },
    running: () => [...made.values()],
    async stop() {
      await Promise.all([...made.values()].map((one) => one.stop()));
    },
  };
}

/** What Lambda's runtime sets, with DynamoDB's endpoint here and no trace of the user's own AWS settings. */
function lambdaEnvironment({ dynamoDbPort, trustedCertificateFile }: FunctionsOptions): Record<string, string> {
  const { endpoint, credentials } = dynamoDbSettings(dynamoDbPort);
  return {
    AWS_REGION: localRegion,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    NODE_EXTRA_CA_CERTS: trustedCertificateFile,
  };
}

/**
 * IAM does not exist on a local broker: a function that authenticates with it logs in as its SCRAM principal instead. Nor
 * does Secrets Manager: one that is told of a user's secret is told what is in it.
 */
function withLocalPrincipal(
  name: string,
  { KAFKA_SCRAM_SECRET_ARN: secretArn, ...environment }: Readonly<Record<string, string>>,
  { assembly, resolve, identity }: FunctionsOptions,
): Readonly<Record<string, string>> {
  if (secretArn === undefined && environment.KAFKA_AUTH !== "iam") return environment;
  const user = secretArn === undefined ? name : userOfSecret(secretArn, assembly, resolve);
  return {
    ...environment,
    KAFKA_AUTH: "scram",
    KAFKA_SCRAM_USERNAME: user,
    KAFKA_SCRAM_PASSWORD: passwordOf(identity, user),
  };
}

/** No certificate's name is the local registry's, so it is called without TLS. */
function withPlainRegistry(
  environment: Readonly<Record<string, string>>,
  { registryPort }: FunctionsOptions,
): Readonly<Record<string, string>> {
  const origin = `127.0.0.1:${registryPort}/`;
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.startsWith(`https://${origin}`) ? value.replace("https:", "http:") : value,
    ]),
  );
}
