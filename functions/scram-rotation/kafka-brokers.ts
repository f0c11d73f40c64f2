import { setTimeout } from "node:timers/promises";
import kafkajs, { type Admin } from "kafkajs";
import type { ScramCredentials } from "../../shared/kafka/index.ts";
import { stopIdleTimers } from "../../shared/kafkajs/index.ts";
import type { Brokers } from "./await-brokers.ts";

// By its default export: in a bundle, a CommonJS package has no other.
const { Kafka, logLevel } = kafkajs;

/** What one login takes at most. */
export const loginMs = 10_000;

/** The brokers over TLS and SCRAM-SHA-512, each login over a connection of its own. It needs no ACL. */
export const kafkaBrokers: Brokers = {
  logIn: (broker, credentials) => withAdmin(broker, credentials, async () => {}),
  list: (broker, credentials) =>
    withAdmin(broker, credentials, async (admin) => {
      const { brokers } = await admin.describeCluster();
      return brokers.map(({ host, port }) => `${host}:${port}`);
    }),
};

async function withAdmin<T>(
  broker: string,
  credentials: ScramCredentials,
  use: (admin: Admin) => Promise<T>,
): Promise<T> {
  await stopIdleTimers();
  const kafka = new Kafka({
    clientId: "msk-event-backbone-scram-rotation",
    brokers: [broker],
    ssl: true,
    sasl: { mechanism: "scram-sha-512", ...credentials },
    connectionTimeout: 3_000,
    authenticationTimeout: 3_000,
    requestTimeout: 5_000,
    // Whoever waits asks again by itself.
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
  return Promise.race([useOnce(kafka.admin(), use), tooLate()]);
}

async function useOnce<T>(admin: Admin, use: (admin: Admin) => Promise<T>): Promise<T> {
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

async function tooLate(): Promise<never> {
  await setTimeout(loginMs, undefined, { ref: false });
  throw new Error(`no answer within ${loginMs} ms`);
}
