import kafkajs, { type Kafka } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Functions } from "../../local/functions.ts";
import { startMappings } from "../../local/mappings.ts";
import { createAcls } from "../../local/provision.ts";
import { createResolver } from "../../local/template/resolve.ts";
import { type Access, type Acl, aclsOf, parseAccess } from "../../shared/access/index.ts";
import { createProducer } from "../../shared/kafka/index.ts";
import { assemblyOf, stackOf } from "../fixtures/templates.ts";
import { fakeFunction } from "../unit/local/fake-function.ts";
import { eventually, messagesOf } from "./running-backbone.ts";
import { startTestBroker, type TestBroker } from "./running-broker.ts";

// Node finds only some of the names that this CommonJS package exports.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const everyAcl = {
  resourceType: AclResourceTypes.ANY,
  resourcePatternType: ResourcePatternTypes.ANY,
  operation: AclOperationTypes.ANY,
  permissionType: AclPermissionTypes.ANY,
} as const;

let broker: TestBroker;

beforeAll(async () => {
  broker = await startTestBroker({}, ["silent", "shop", "blind", "stock"]);
});
afterAll(() => broker.stop());

/** Gives the services of an access file what it says, beside what those of earlier ones have; waits for the broker. */
async function grant(topics: readonly string[], services: readonly string[]): Promise<Access> {
  const access = parseAccess(
    [
      "topics:",
      ...topics.map((topic) => `  ${topic}: { partitions: 1 }`),
      "services:",
      ...services.map((service) => `  ${service}`),
    ].join("\n"),
    "access.yaml",
  );
  const admin = broker.kafka.admin();
  await admin.connect();
  const wanted = aclsOf(access);
  await createAcls(admin, wanted);
  await eventually("the broker knows the grants", async () => {
    const { resources } = await admin.describeAcls(everyAcl);
    const known = new Set(
      resources.flatMap(({ resourceName, acls }) =>
        acls.map((acl) => `${acl.principal} ${acl.operation} ${resourceName}`),
      ),
    );
    const isKnown = ({ principal, operation, resourceName }: Acl) =>
      known.has(`${principal} ${AclOperationTypes[operation]} ${resourceName}`);
    return wanted.every(isKnown) || undefined;
  });
  await admin.disconnect();
  return access;
}

async function send(principal: string, topic: string, value: string): Promise<void> {
  const producer = createProducer({
    brokers: [broker.address],
    auth: { mechanism: "scram-sha-512", ...broker.credentialsOf(principal) },
    logger: { info: () => {}, warn: () => {}, error: () => {} },
  });
  try {
    await producer.send(topic, { key: null, value: Buffer.from(value), headers: [] });
  } finally {
    await producer.close();
  }
}

test("a service without any grant cannot produce, and its error says which one is missing", async () => {
  const topic = await broker.createTopic();

  await expect(send("silent", topic, "a")).rejects.toMatchObject({
    code: "KAFKA_UNAVAILABLE",
    retriable: true,
    message: expect.stringContaining(
      `silent may not WRITE to topic ${topic}: add it to produces of its service in infra/access.yaml`,
    ),
  });
});

test("a service may produce to what the file says, and is refused elsewhere until the file says so", async () => {
  const [own, other] = [await broker.createTopic(), await broker.createTopic()];
  await grant([own, other], [`shop: { type: application, auth: scram, produces: [${own}] }`]);

  await send("shop", own, "a");
  await expect(send("shop", other, "a")).rejects.toThrow(`shop may not WRITE to topic ${other}: add it to produces`);

  await grant([own, other], [`shop: { type: application, auth: scram, produces: [${own}, ${other}] }`]);
  await send("shop", other, "b");
  expect((await messagesOf(broker, other)).map(({ value }) => value?.toString())).toEqual(["b"]);
});

/** Starts the mapping of a topic to a function of the principal's name, and resolves with what ended it. */
async function endOfMapping(principal: string, topic: string, group: string, access: Access): Promise<Error> {
  const template = stackOf("services", {
    Mapping: {
      Type: "AWS::Lambda::EventSourceMapping",
      Properties: {
        EventSourceArn: "arn:aws:kafka:r:a:cluster/c/u",
        FunctionName: principal,
        Topics: [topic],
        AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: group },
        StartingPosition: "TRIM_HORIZON",
      },
    },
  });
  const assembly = assemblyOf(template);
  const target = fakeFunction(() => ({ ok: true, payload: null }));
  const functions: Functions = {
    get: () => ({ ...target, definition: { ...target.definition, name: principal } }),
    running: () => [],
    stop: async () => {},
  };
  const ended = Promise.withResolvers<Error>();
  const started = startMappings({
    assembly,
    resolve: createResolver(assembly, new Map()),
    functions,
    topics: [],
    services: access.services,
    bootstrapServers: broker.address,
    clientOf: (name: string): Kafka => broker.clientOf(name),
    say: () => {},
    onCrash: ended.resolve,
  });
  started.catch(ended.resolve);
  return ended.promise;
}

test("a mapping whose service may not read its topic ends, and says which grant is missing", async () => {
  const [topic, other] = [await broker.createTopic(), await broker.createTopic()];
  const access = await grant([topic, other], [`blind: { type: application, auth: scram, consumes: [${other}] }`]);

  expect(await endOfMapping("blind", topic, "blind", access)).toMatchObject({
    code: "PART_FAILED",
    message: expect.stringContaining(
      `blind may not READ topic ${topic}: add it to services.blind.consumes in infra/access.yaml`,
    ),
  });
});

test("a mapping whose service may not use its group ends, and says which grant is missing", async () => {
  const topic = await broker.createTopic();
  const access = await grant([topic], [`stock: { type: application, auth: scram, consumes: [${topic}] }`]);

  expect(await endOfMapping("stock", topic, "another-group", access)).toMatchObject({
    code: "PART_FAILED",
    message: expect.stringContaining(
      "stock may not READ in group another-group: in infra/access.yaml, consumes of its service",
    ),
  });
});
