import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Kafka } from "kafkajs";
import { readAccess, scramUserNamesOf } from "../shared/access/index.ts";
import { stopIdleTimers } from "../shared/kafkajs/index.ts";
import { createCustomResources } from "./custom-resources.ts";
import { createFunctions, type Functions, functionPrincipals } from "./functions.ts";
import { type HttpApi, startHttpApi } from "./http-api.ts";
import type { EventSourceMapping } from "./mapping/event-source-mapping.ts";
import { startMappings } from "./mappings.ts";
import { startDynamoDb } from "./parts/dynamodb.ts";
import type { GuardedProcess } from "./parts/guarded-process.ts";
import { adminPrincipal, loadIdentity, passwordOf } from "./parts/identity.ts";
import type { InstalledParts } from "./parts/install.ts";
import { kafkaClient, startKafka } from "./parts/kafka.ts";
import { clientProperties, propertiesText } from "./parts/kafka-settings.ts";
import type { Ports } from "./parts/ports.ts";
import { startRegistry } from "./parts/registry.ts";
import { createSupervisor } from "./parts/supervisor.ts";
import { createAcls, createTables, createTopics, parseProperties, topicsOfTemplates } from "./provision.ts";
import type { RunFolder } from "./run-folder.ts";
import { type Schedules, startSchedules } from "./schedules.ts";
import { type StreamMappings, startStreamMappings } from "./streams/stream-mappings.ts";
import { type Assembly, loadAssembly, onlyResourceOf } from "./template/assembly.ts";
import { localResources } from "./template/local-resources.ts";
import { registryEnvironment } from "./template/registry-container.ts";
import { createResolver, type Resolve } from "./template/resolve.ts";
import { projectFolder } from "./template/synthesize.ts";
import { runTriggers } from "./triggers.ts";

export interface BackboneOptions {
  /** Path of a `java` that is new enough. */
  readonly java: string;
  readonly parts: InstalledParts;
  readonly ports: Ports;
  readonly folder: RunFolder;
  /** The stage that the templates are of; the access file is read with its variables. */
  readonly stage: string;
  /** Folder of the synthesized templates. */
  readonly templates: string;
  /** The access file that they were synthesized with. @default the project's */
  readonly accessFile?: string;
  /** Told what happens, a line each. */
  readonly say: (line: string) => void;
}

export type PartName = "kafka" | "dynamodb" | "registry";

/** The running local backbone. */
export interface Backbone {
  readonly url: string;
  readonly routes: readonly string[];
  readonly ports: Ports;
  readonly functions: Functions;
  /** Those of topics. */
  readonly mappings: readonly EventSourceMapping[];
  /** Principals that authenticate with IAM when deployed and with SCRAM here. */
  readonly scramInsteadOfIam: readonly string[];
  /** Names of the tables. */
  readonly tables: readonly string[];
  readonly logFolder: string;
  /** Client that may do anything. */
  readonly kafka: Kafka;
  /** The same for another process: SCRAM user and password, and the certificate to trust. */
  readonly login: { readonly username: string; readonly password: string; readonly certificateFile: string };
  /** Rejects with PART_FAILED when a part ends by itself; never resolves. */
  readonly broken: Promise<never>;
  /** Stops one part or starts it again: to the functions, something that went away and came back. */
  readonly parts: Readonly<Record<PartName, { stop(): Promise<void>; start(): Promise<void> }>>;
  /** Stops every process. */
  stop(): Promise<void>;
}

/**
 * Starts the local backbone from the synthesized templates: the broker with their settings, topics and grants, the
 * tables, the ACLs as the deployment makes them, the registry as its container is configured, then what the deployment
 * triggers, the mappings, the schedules and the HTTP API.
 * @throws BackboneError PART_FAILED or TEMPLATE_UNSUPPORTED; nothing is left running then
 */
export async function startBackbone(options: BackboneOptions): Promise<Backbone> {
  const { java, parts, ports, folder, say } = options;
  await stopIdleTimers();
  const assembly = loadAssembly(options.templates);
  const resolve = createResolver(assembly, localResources(ports));
  const { stage, accessFile = join(projectFolder, "infra/access.yaml") } = options;
  const access = readAccess(accessFile, { stage });
  const functionsOnKafka = functionPrincipals(assembly, resolve);
  const topics = topicsOfTemplates(assembly, resolve);
  const identity = await loadIdentity(folder.state, [
    ...scramUserNamesOf(access),
    ...functionsOnKafka.map(({ name }) => name),
  ]);
  const trustedCertificateFile = join(folder.state, "certificate.pem");
  writeFileSync(trustedCertificateFile, identity.certificate);

  const clientOf = (principal: string) => kafkaClient(ports.kafka, identity, principal);
  const logFile = (name: string) => join(folder.logs, `${name}.log`);
  const supervisor = createSupervisor();
  const functions = createFunctions({
    assembly,
    resolve,
    identity,
    dynamoDbPort: ports.dynamodb,
    registryPort: ports.registry,
    trustedCertificateFile,
    logFolder: folder.logs,
    maxConcurrency: 4,
  });
  const mappings: EventSourceMapping[] = [];
  let streams: StreamMappings | undefined;
  let schedules: Schedules | undefined;
  let api: HttpApi | undefined;

  const start: Readonly<Record<PartName, () => Promise<GuardedProcess>>> = {
    kafka: () =>
      startKafka({
        java,
        jars: parts.kafka,
        port: ports.kafka,
        controllerPort: ports.controller,
        stateFolder: folder.state,
        logFile: logFile("kafka"),
        identity,
        serverProperties: clusterProperties(assembly, resolve),
      }),
    dynamodb: () =>
      startDynamoDb({
        java,
        jars: parts.dynamodb,
        port: ports.dynamodb,
        folder: join(folder.state, "dynamodb"),
        keepsTables: folder.keepsState,
        logFile: logFile("dynamodb"),
      }),
    registry: () =>
      startRegistry({
        java,
        folder: parts.registry,
        port: ports.registry,
        stateFolder: folder.state,
        logFile: logFile("registry"),
        identity,
        environment: registryEnvironment(assembly, resolve, identity),
      }),
  };
  const run = (part: PartName) => supervisor.start(part, logFile(part), start[part]);

  async function stop(): Promise<void> {
    schedules?.stop();
    // The functions first: a mapping waits for its invocation, and an invocation ends with its process.
    await Promise.all([api?.stop(), functions.stop(), streams?.stop(), ...mappings.map((mapping) => mapping.stop())]);
    await supervisor.stopAll();
    folder.discardState();
  }

  try {
    await Promise.all([run("kafka"), run("dynamodb")]);
    const admin = clientOf(adminPrincipal).admin();
    await admin.connect();
    const [tables] = await Promise.all([
      createTables(ports.dynamodb, assembly, resolve),
      createTopics(admin, topics),
      createAcls(
        admin,
        functionsOnKafka.flatMap(({ acls }) => acls),
      ),
    ]);
    await admin.disconnect();
    await createCustomResources(assembly, resolve, functions);
    await run("registry");
    await runTriggers(assembly, resolve, functions);
    const bootstrapServers = `127.0.0.1:${ports.kafka}`;
    const onCrash = supervisor.fail;
    mappings.push(
      ...(await startMappings({
        assembly,
        resolve,
        functions,
        topics,
        services: access.services,
        bootstrapServers,
        clientOf,
        say,
        onCrash,
      })),
    );
    streams = await startStreamMappings({ assembly, resolve, functions, dynamoDbPort: ports.dynamodb, say });
    schedules = startSchedules({ assembly, resolve, functions, say });
    api = await startHttpApi({ assembly, resolve, functions, port: ports.api });
    const login = new Map([
      ["bootstrap.servers", bootstrapServers],
      ["backbone.stage", options.stage],
      ["schema.registry.url", `http://127.0.0.1:${ports.registry}/apis/ccompat/v7`],
      ...clientProperties(identity),
    ]);
    writeFileSync(folder.clientFile, propertiesText(login), { mode: 0o600 });
    return {
      url: api.url,
      routes: api.routes,
      ports,
      functions,
      mappings,
      scramInsteadOfIam: functionsOnKafka.map(({ name }) => name),
      tables,
      logFolder: folder.logs,
      kafka: clientOf(adminPrincipal),
      login: {
        username: adminPrincipal,
        password: passwordOf(identity, adminPrincipal),
        certificateFile: trustedCertificateFile,
      },
      broken: supervisor.broken,
      parts: {
        kafka: { stop: () => supervisor.stop("kafka"), start: () => run("kafka") },
        dynamodb: {
          stop: () => supervisor.stop("dynamodb"),
          start: async () => {
            await run("dynamodb");
            await createTables(ports.dynamodb, assembly, resolve); // in memory they went with the process
          },
        },
        registry: { stop: () => supervisor.stop("registry"), start: () => run("registry") },
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Broker settings of the cluster's configuration in the templates. */
function clusterProperties(assembly: Assembly, resolve: Resolve): Map<string, string> {
  const { stack, properties } = onlyResourceOf(assembly, "AWS::MSK::Configuration");
  return parseProperties(String(resolve(stack, properties.ServerProperties)));
}
