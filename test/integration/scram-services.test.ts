import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { defineBackbone } from "../../infra/backbone.ts";
import { stageConfig } from "../../infra/config.ts";
import type { Backbone } from "../../local/backbone.ts";
import { launchBackbone } from "../../local/launch.ts";
import { beginAt } from "../../local/mapping/starting-position.ts";
import { readAccess } from "../../shared/access/index.ts";
import { get, orderBody, postUntilSettled } from "./orders.ts";
import { caughtUp, eventually, messagesOf } from "./running-backbone.ts";

// The project's own services, which speak SCRAM by what the access file says and nothing else.
const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "scram-services-"));
const accessFile = join(folder, "access.yaml");

let backbone: Backbone;

function synthesizeWithScram(): string {
  // As Lambda's runtime does, the bundles find the AWS SDK outside themselves.
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const services = ["order-service", "inventory-outbox", "inventory", "order-status"];
  const written = services.reduce(
    (text, name) =>
      text.replace(
        `\n  ${name}:\n    type: application\n`,
        `\n  ${name}:\n    type: application\n    auth: scram\n    event-source-mapping: true\n`,
      ),
    readFileSync(join(root, "infra/access.yaml"), "utf8"),
  );
  writeFileSync(accessFile, written);
  const { context } = JSON.parse(readFileSync(join(root, "cdk.json"), "utf8"));
  const app = new App({ context, outdir: join(folder, "cdk.out") });
  defineBackbone(app, { config: stageConfig("prod"), access: readAccess(accessFile, { stage: "prod" }) });
  return app.synth().directory;
}

beforeAll(async () => {
  const templates = synthesizeWithScram();
  backbone = await launchBackbone({
    stage: "prod",
    freePorts: true,
    dataFolder: undefined,
    synthesized: { templates, accessFile },
    say: () => {},
  });
});

afterAll(async () => {
  await backbone?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it("no function speaks IAM, and each mapping reads with the secret of its service's user", () => {
  expect(backbone.scramInsteadOfIam).toEqual(["backbone-prod-kafka-acls"]);
  const secrets = backbone.mappings.map(({ definition }) => [definition.consumerGroup, definition.scramSecretArn]);
  expect(Object.fromEntries(secrets)).toEqual({
    "inventory.order-events": expect.stringMatching(/secret:KafkaScramUsersSecretsinventory/),
    "order-status.order-events": expect.stringMatching(/secret:KafkaScramUsersSecretsorderstatus/),
    "order-status.inventory-events": expect.stringMatching(/secret:KafkaScramUsersSecretsorderstatus/),
  });
});

it("an order goes all the way, with the ACLs of the access file and no more", async () => {
  expect((await postUntilSettled(backbone.url, orderBody("scram-1", ["S-1", 2]))).status).toBe(202);
  await caughtUp(backbone);

  const known = await eventually("the order's status is what came of it", async () => {
    const { answer } = await get(backbone.url, "scram-1");
    return answer.status === "ACCEPTED" ? undefined : answer;
  });
  expect(known).toMatchObject({ orderId: "scram-1", status: "RESERVED" });
});

it("a consumer may write its dead letters", async () => {
  const producer = backbone.kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  await producer.send({ topic: "order-events", messages: [{ key: "scram-2", value: "no event" }] });
  await producer.disconnect();
  await caughtUp(backbone);

  const keys = (await messagesOf(backbone, "order-events.inventory.dlt")).map(({ key }) => key?.toString());
  expect(keys).toContain("scram-2");
});

it("a new group begins at the first record of its time, and goes on there when it is started again", async () => {
  const admin = backbone.kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets("order-events");
  const startOf = async (consumerGroup: string, timestampMs: number) => {
    await beginAt(timestampMs, backbone.kafka, { topic: "order-events", consumerGroup });
    const [committed] = await admin.fetchOffsets({ groupId: consumerGroup, topics: ["order-events"] });
    return Object.fromEntries(committed?.partitions.map(({ partition, offset }) => [partition, offset]) ?? []);
  };
  const latest = Object.fromEntries(ends.map(({ partition, high }) => [partition, high]));
  const earliest = Object.fromEntries(ends.map(({ partition, low }) => [partition, low]));

  expect(await startOf("from-now-on", Date.now())).toEqual(latest);
  expect(await startOf("from-now-on", 0)).toEqual(latest);
  expect(await startOf("from-the-first", 0)).toEqual(earliest);
  expect(earliest).not.toEqual(latest);
  await admin.disconnect();
});
