import { BackboneError } from "../errors.ts";
import type { createKafkajsClient } from "../kafkajs/index.ts";
import { errorFields } from "../logging/index.ts";
import { parseOptions } from "../options/index.ts";
import type { KafkaAuth, KafkaClient } from "./kafka-client.ts";
import { missingGrant } from "./missing-grant.ts";
import { defaultMaxBatchBytes, type PendingSend, sizeOf } from "./pending-send.ts";
import type { Producer } from "./producer.ts";
import { type ProducerOptions, producerOptionsSchema } from "./producer-options.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import { createTurns, topicsOf } from "./turns.ts";

/**
 * A producer that acknowledges only what is in the log of all in-sync replicas (acks all, idempotent).
 *
 * It connects with the first send and keeps the connection across invocations. One send is in flight at a time;
 * records that come meanwhile go out together with the next one. After any failed send, and after one that kafkajs had
 * to repeat, the client is discarded and the next send opens a fresh one, because kafkajs rolls its sequence numbers back
 * after a failure and the broker would then drop later records as repetitions, acknowledging them nevertheless. When a
 * batch fails, every record in it fails with KAFKA_UNAVAILABLE, since none's outcome is known; a record whose time is up
 * fails alone.
 *
 * A batch that a broker refuses for what is in it goes out again in smaller ones: each topic alone, and if it lies in a
 * record (RECORD_TOO_LARGE, RECORD_REFUSED) halves, until that record is alone and fails; its neighbours are acknowledged.
 * A topic that is missing, or may not be written to, fails with all of its records and no others: until it acknowledges
 * something, a topic goes alone (`createTurns`).
 * kafkajs has one error for the whole request, so what other partitions took of a request that was refused is written
 * again: once for its topic, and once for each smaller batch that is refused with it in it, twenty times at most.
 * A topic that is missing takes seconds to be refused, so that several may use up the time budget of others.
 *
 * @throws BackboneError INVALID_OPTIONS that names every wrong or unknown option at once
 */
export function createProducer(options: ProducerOptions): Producer {
  const parsed = parseOptions("createProducer", producerOptionsSchema, options);
  const { logger, timeoutMs, maxIdleMs, now, createClient = () => kafkajsClient(parsed) } = parsed;
  const principal = principalOf(parsed.auth);
  const waiting: PendingSend[] = [];
  const turns = createTurns();
  let connection: Connection | undefined;
  let lastUseAt = now();
  let sending = false;
  // Lowered when a topic takes less: each batch that is refused costs a new connection.
  let maxBatchBytes = defaultMaxBatchBytes;

  async function sendAll(): Promise<void> {
    sending = true;
    while (waiting.length > 0) await sendNext();
    sending = false;
  }

  async function sendNext(): Promise<void> {
    let batch: PendingSend[] = [];
    try {
      const client = await connect();
      // Taken only now, so that all that came while connecting goes out together.
      batch = turns.take(waiting, maxBatchBytes);
      const newest = batch.at(-1);
      // Time was up for all who waited for the connection.
      if (newest === undefined) return;
      for (const send of batch) send.attempted = true;
      await withinBudget(client.sendBatch(batch), newest.deadline - now());
      lastUseAt = now();
      turns.acknowledged(batch);
      for (const send of batch) send.resolve();
      if (client.isSpent) void discard();
    } catch (cause) {
      void discard();
      const refusal = refusalOf(cause);
      const severalTopics = topicsOf(batch).size > 1;
      turns.failed(batch, refusal === "record" ? Math.max(1, Math.floor(batch.length / 2)) : undefined);
      if (refusal !== undefined && batch.length > 1 && (severalTopics || refusal !== "topic")) {
        if (refusal === "size" && !severalTopics) maxBatchBytes = bytesOf(batch) / 2;
        waiting.unshift(...batch.filter(({ deadline }) => deadline > now()));
        return;
      }
      // Refused alone, the record was the cause: its topic takes what others do.
      if (refusal === "size") maxBatchBytes = defaultMaxBatchBytes;
      // Without a connection nobody who waits for it can be served.
      const failed = batch.length === 0 ? waiting.splice(0) : batch;
      const grant = missingGrant(
        cause,
        { principal },
        { operation: "WRITE", topics: failed.map(({ topic }) => topic) },
      );
      for (const send of failed) send.reject(errorOf(send, cause, refusal, grant));
    }
  }

  function connect(): Promise<KafkaClient> {
    if (now() - lastUseAt > maxIdleMs) void discard();
    if (connection === undefined) {
      lastUseAt = now();
      connection = open(createClient);
    }
    return withinBudget(connection.ready, lastUseAt + timeoutMs - now());
  }

  async function discard(): Promise<void> {
    const discarded = connection;
    connection = undefined;
    try {
      await (await discarded?.client)?.close();
    } catch (error) {
      logger.warn("closing the kafka client failed", errorFields(error));
    }
  }

  function giveUp(send: PendingSend): void {
    const place = waiting.indexOf(send);
    if (place >= 0) waiting.splice(place, 1);
    send.reject(unavailable(send, timeIsUp()));
  }

  return {
    send(topic, record) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const send = { topic, record, deadline: now() + timeoutMs, attempted: false, resolve, reject };
      waiting.push(send);
      // One for each record, because a batch is given the time of the one that came last.
      const timer = setTimeout(() => giveUp(send), timeoutMs);
      if (!sending) void sendAll();
      return promise.finally(() => clearTimeout(timer));
    },
    close: discard,
  };
}

/** On the first send and not before: kafkajs takes 15 ms to load, and a function that never sends does not pay for it. */
async function kafkajsClient(options: Parameters<typeof createKafkajsClient>[0]): Promise<KafkaClient> {
  const { createKafkajsClient } = await import("../kafkajs/index.ts");
  return createKafkajsClient(options);
}

/** A client from its creation on, so that it can be closed while it still connects. */
interface Connection {
  readonly client: Promise<KafkaClient>;
  readonly ready: Promise<KafkaClient>;
}

function open(createClient: () => Promise<KafkaClient>): Connection {
  const client = createClient();
  const ready = client.then(async (created) => {
    await created.connect();
    return created;
  });
  return { client, ready };
}

async function withinBudget<T>(work: Promise<T>, budgetMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timeIsUp()), Math.max(budgetMs, 0));
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function timeIsUp(): Error {
  return new Error("the time budget is used up");
}

/** As whom the broker knows the client, as far as the client knows it. */
function principalOf(auth: KafkaAuth): string {
  if (auth.mechanism === "iam") return "the function's role";
  if (auth.mechanism === "client-settings") return "the user of the client settings";
  return "username" in auth ? auth.username : `the user of ${auth.secretArn}`;
}

function bytesOf(batch: readonly PendingSend[]): number {
  return batch.reduce((sum, { record }) => sum + sizeOf(record), 0);
}

function errorOf(send: PendingSend, cause: unknown, refusal: Refusal | undefined, grant?: string): BackboneError {
  const { topic, record } = send;
  switch (refusal) {
    case "size": {
      const message = `the record is larger than the topic ${topic} takes, with about ${sizeOf(record)} bytes`;
      return new BackboneError("RECORD_TOO_LARGE", message, { cause });
    }
    case "record": {
      const hint = record.key === null ? "; it has no key, and a compacted topic asks for one" : "";
      const message = `the topic ${topic} does not take the record: ${reasonOf(cause)}${hint}`;
      return new BackboneError("RECORD_REFUSED", message, { cause });
    }
    default:
      return unavailable(send, cause, grant);
  }
}

function unavailable({ topic, attempted }: PendingSend, cause: unknown, grant?: string): BackboneError {
  const what = attempted
    ? "kafka did not acknowledge the record, its outcome is unknown"
    : "kafka was not reached, the record was not sent";
  return new BackboneError("KAFKA_UNAVAILABLE", `${what}: topic ${topic}: ${grant ?? reasonOf(cause)}`, { cause });
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : "unknown failure";
}
