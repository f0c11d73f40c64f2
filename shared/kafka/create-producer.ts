import { BackboneError } from "../errors.ts";
import { errorFields } from "../logging/index.ts";
import { parseOptions } from "../options/index.ts";
import type { KafkaAuth, KafkaClient } from "./kafka-client.ts";
import { createKafkajsClient } from "./kafkajs-client.ts";
import { missingGrant } from "./missing-grant.ts";
import { defaultMaxBatchBytes, type PendingSend, sizeOf, takeBatch } from "./pending-send.ts";
import type { Producer } from "./producer.ts";
import { type ProducerOptions, producerOptionsSchema } from "./producer-options.ts";

/**
 * A producer that acknowledges only what is in the log of all in-sync replicas (acks all, idempotent).
 *
 * It connects with the first send and keeps the connection across invocations. One send is in flight at a time;
 * records that come meanwhile go out together with the next one. After any failed send the client is discarded and the
 * next send opens a fresh one, because kafkajs rolls its sequence numbers back after a failure and the broker would
 * then drop later records as repetitions, acknowledging them nevertheless. When a batch fails or runs out of time,
 * every record in it fails with KAFKA_UNAVAILABLE, since none's outcome is known.
 *
 * A batch that is refused for its size goes out again in smaller ones, until the record that is too large is alone and
 * fails with RECORD_TOO_LARGE; its neighbours are acknowledged. Those in other partitions may be in the log twice.
 *
 * @throws BackboneError INVALID_OPTIONS that names every wrong or unknown option at once
 */
export function createProducer(options: ProducerOptions): Producer {
  const parsed = parseOptions("createProducer", producerOptionsSchema, options);
  const { logger, timeoutMs, maxIdleMs, now, createClient = () => createKafkajsClient(parsed) } = parsed;
  const principal = principalOf(parsed.auth);
  const waiting: PendingSend[] = [];
  let connection: Connection | undefined;
  let lastSendAt = now();
  let sending = false;
  // Lowered for good when a topic takes less: one batch that is refused costs a new connection.
  let maxBatchBytes = defaultMaxBatchBytes;

  async function sendAll(): Promise<void> {
    sending = true;
    for (let oldest = waiting[0]; oldest !== undefined; oldest = waiting[0]) await sendNext(oldest.deadline);
    sending = false;
  }

  async function sendNext(deadline: number): Promise<void> {
    let batch: PendingSend[] = [];
    try {
      const client = await withinBudget(connect(), deadline - now());
      // Taken only now, so that all that came while connecting goes out together.
      batch = takeBatch(waiting, maxBatchBytes);
      for (const send of batch) send.attempted = true;
      await withinBudget(client.sendBatch(batch), deadline - now());
      lastSendAt = now();
      for (const send of batch) send.resolve();
    } catch (cause) {
      void discard();
      const tooLarge = cause instanceof BackboneError && cause.code === "RECORD_TOO_LARGE";
      if (tooLarge && batch.length > 1) {
        maxBatchBytes = bytesOf(batch) / 2;
        waiting.unshift(...batch);
        return;
      }
      // Without a connection nobody who waits for it can be served.
      const failed = batch.length === 0 ? waiting.splice(0) : batch;
      const refusal = missingGrant(
        cause,
        { principal },
        { operation: "WRITE", topics: failed.map(({ topic }) => topic) },
      );
      for (const send of failed) send.reject(tooLarge ? tooLargeError(send, cause) : unavailable(send, cause, refusal));
    }
  }

  function connect(): Promise<KafkaClient> {
    if (now() - lastSendAt > maxIdleMs) void discard();
    connection ??= open(createClient);
    return connection.ready;
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

  return {
    send: (topic, record) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ topic, record, deadline: now() + timeoutMs, attempted: false, resolve, reject });
        if (!sending) void sendAll();
      }),
    close: discard,
  };
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
    timer = setTimeout(() => reject(new Error("the time budget is used up")), Math.max(budgetMs, 0));
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** As whom the broker knows the client, as far as the client knows it. */
function principalOf(auth: KafkaAuth): string {
  if (auth.mechanism === "iam") return "the function's role";
  return "username" in auth ? auth.username : `the user of ${auth.secretArn}`;
}

function bytesOf(batch: readonly PendingSend[]): number {
  return batch.reduce((sum, { record }) => sum + sizeOf(record), 0);
}

function tooLargeError({ topic, record }: PendingSend, cause: unknown): BackboneError {
  const message = `the record is larger than the topic ${topic} takes, with about ${sizeOf(record)} bytes`;
  return new BackboneError("RECORD_TOO_LARGE", message, { cause });
}

function unavailable({ topic, attempted }: PendingSend, cause: unknown, refusal: string | undefined): BackboneError {
  const what = attempted
    ? "kafka did not acknowledge the record, its outcome is unknown"
    : "no connection to kafka, the record was not sent";
  const reason = refusal ?? (cause instanceof Error ? cause.message : "unknown failure");
  return new BackboneError("KAFKA_UNAVAILABLE", `${what}: topic ${topic}: ${reason}`, { cause });
}
