import { BackboneError } from "../errors.ts";
import { errorFields, type Logger } from "../logging/index.ts";
import type { KafkaAuth, KafkaClient } from "./kafka-client.ts";
import { createKafkajsClient } from "./kafkajs-client.ts";
import { type PendingSend, takeBatch } from "./pending-send.ts";
import type { Producer } from "./producer.ts";

export interface ProducerOptions {
  /** Brokers to start from, each `host:port`. */
  readonly brokers: readonly string[];
  readonly auth: KafkaAuth;
  /** Takes what happens to the connections; the errors of a send are its caller's to log. */
  readonly logger: Logger;
  /**
   * Time budget of one `send`, in milliseconds, from the call to the acknowledgement: waiting for the send in flight,
   * connecting and the client's own retries included.
   *
   * @default 15000, half of what an API Gateway waits for its integration
   */
  readonly timeoutMs?: number;
  /**
   * After so many milliseconds without a send the connection counts as cut and is replaced before the next one: MSK
   * closes connections idle for 10 minutes, gateways on the way forget them after 350 s, and a frozen function hears
   * neither.
   *
   * @default 240000
   */
  readonly maxIdleMs?: number;
  /** Opens a client. @default kafkajs, loaded with the first send */
  readonly createClient?: () => Promise<KafkaClient>;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/**
 * A producer that acknowledges only what is in the log of all in-sync replicas (acks all, idempotent).
 *
 * It connects with the first send and keeps the connection across invocations. One send is in flight at a time;
 * records that come meanwhile go out together with the next one. After any failed send the client is discarded and the
 * next send opens a fresh one, because kafkajs rolls its sequence numbers back after a failure and the broker would
 * then drop later records as repetitions, acknowledging them nevertheless. When a batch fails or runs out of time,
 * every record in it fails with KAFKA_UNAVAILABLE, since none's outcome is known.
 */
export function createProducer(options: ProducerOptions): Producer {
  const { logger, timeoutMs = 15_000, maxIdleMs = 240_000, now = Date.now } = options;
  const createClient = options.createClient ?? (() => createKafkajsClient(options));
  const waiting: PendingSend[] = [];
  let connection: Connection | undefined;
  let lastSendAt = now();
  let sending = false;

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
      batch = takeBatch(waiting);
      await withinBudget(client.sendBatch(batch), deadline - now());
      lastSendAt = now();
      for (const send of batch) send.resolve();
    } catch (cause) {
      void discard();
      // Without a connection nobody who waits for it can be served.
      const [failed, what] =
        batch.length === 0
          ? [waiting.splice(0), "no connection to kafka, the record was not sent"]
          : [batch, "kafka did not acknowledge the record, its outcome is unknown"];
      for (const { topic, reject } of failed) {
        reject(new BackboneError("KAFKA_UNAVAILABLE", `${what}: topic ${topic}: ${reasonOf(cause)}`, { cause }));
      }
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
        waiting.push({ topic, record, deadline: now() + timeoutMs, resolve, reject });
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

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : "unknown failure";
}
