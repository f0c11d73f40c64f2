import kafkajs, { type Admin } from "kafkajs";
import { readAcls, toKafkajsAcl } from "../../shared/access-plan/index.ts";
import type { KafkaConnection } from "../../shared/kafka/index.ts";
import { saslOf, stopIdleTimers } from "../../shared/kafkajs/index.ts";
import type { ClusterAcls } from "./apply-acls.ts";
import { attemptPatiently, type PatienceOptions } from "./patience.ts";

// By its default export: in a bundle, a CommonJS package has no other.
const { Kafka, logLevel } = kafkajs;

export interface ClusterOptions extends KafkaConnection, PatienceOptions {}

/**
 * Uses the cluster's ACLs over a connection of its own. What fails is used again from the start, so it must be
 * repeatable: a role's new policy takes seconds to reach the brokers.
 *
 * @throws BackboneError KAFKA_UNAVAILABLE with the last failure when the patience is over
 */
export async function withCluster(
  { brokers, auth, ...patience }: ClusterOptions,
  use: (acls: ClusterAcls) => Promise<void>,
): Promise<void> {
  await stopIdleTimers();
  const kafka = new Kafka({
    clientId: "msk-event-backbone-acls",
    brokers: [...brokers],
    ssl: true,
    sasl: await saslOf(auth),
    connectionTimeout: 5_000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 },
    logLevel: logLevel.NOTHING,
  });
  await attemptPatiently(patience, () => useOnce(kafka.admin(), use));
}

async function useOnce(admin: Admin, use: (acls: ClusterAcls) => Promise<void>): Promise<void> {
  try {
    await admin.connect();
    await use({
      read: () => readAcls(admin),
      create: async (acls) => void (await admin.createAcls({ acl: acls.map(toKafkajsAcl) })),
      delete: async (acls) => void (await admin.deleteAcls({ filters: acls.map(toKafkajsAcl) })),
    });
  } finally {
    await admin.disconnect();
  }
}
