import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createProducer,
  type KafkaClient,
  type OutgoingRecord,
  type ProducerOptions,
} from "../../../shared/kafka/index.ts";

/** A client whose connections and acknowledgements the test decides. */
class ClientDouble implements KafkaClient {
  connecting = Promise.resolve();
  readonly batches: { topics: string[]; values: string[]; acknowledge: () => void; fail: (error: Error) => void }[] =
    [];
  closed = false;
  isSpent = false;

  connect(): Promise<void> {
    return this.connecting;
  }

  sendBatch(records: readonly { topic: string; record: OutgoingRecord }[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const topics = records.map(({ topic }) => topic);
    const values = records.map(({ record }) => record.value?.toString() ?? "");
    this.batches.push({ topics, values, acknowledge: resolve, fail: reject });
    return promise;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

function record(value: string, bytes = 0): OutgoingRecord {
  return { key: Buffer.alloc(bytes), value: Buffer.from(value), headers: [] };
}

function setUp(options: Partial<ProducerOptions> = {}) {
  const clients: ClientDouble[] = [];
  const warnings: string[] = [];
  const producer = createProducer({
    brokers: ["b-1:9098"],
    auth: { mechanism: "iam", region: "eu-west-1" },
    logger: { info: () => {}, error: () => {}, warn: (message) => warnings.push(message) },
    createClient: async () => {
      const client = new ClientDouble();
      clients.push(client);
      return client;
    },
    ...options,
  });
  return { producer, clients, warnings };
}

/** With clients that answer by themselves; `requests` has what was in each. */
function setUpAnswering(answer: (values: readonly string[], topics: readonly string[]) => Error | undefined) {
  const requests: string[][] = [];
  const createClient = async () => {
    const client = new ClientDouble();
    client.sendBatch = async (records) => {
      const values = records.map(({ record }) => String(record.value));
      requests.push(values);
      const failure = answer(
        values,
        records.map(({ topic }) => topic),
      );
      if (failure !== undefined) throw failure;
    };
    return client;
  };
  return { ...setUp({ createClient }), requests };
}

function batchOf(clients: readonly ClientDouble[], client: number, batch: number) {
  const found = clients[client]?.batches[batch];
  if (found === undefined) throw new Error(`client ${client} has no batch ${batch}`);
  return found;
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const refusal = (type: string) => Object.assign(new Error("refused"), { type });
const refusedForSize = () => refusal("MESSAGE_TOO_LARGE");

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("createProducer", () => {
  test.each<[string, Partial<Record<keyof ProducerOptions | "acks", unknown>>]>([
    ["brokers: must be a list of one or more host:port", { brokers: [] }],
    ["brokers: must be a list of one or more host:port", { brokers: ["b-1"] }],
    ["auth: must be iam with a region, or scram", { auth: { mechanism: "plain" } }],
    [
      "auth: must be iam with a region, or scram",
      { auth: { mechanism: "scram-sha-512", username: 5, password: "hunter2" } },
    ],
    ["or client-settings with ssl and sasl", { auth: { mechanism: "client-settings", settings: "hunter2" } }],
    ["auth.region: must be a non-empty text", { auth: { mechanism: "iam", region: "" } }],
    [
      "auth.username: must be a non-empty text",
      { auth: { mechanism: "scram-sha-512", username: "", password: "hunter2" } },
    ],
    ["logger: must be a logger", { logger: undefined }],
    ["timeoutMs: must be a whole number of milliseconds, 1 to 2147483647", { timeoutMs: 0 }],
    ["timeoutMs: must be a whole number of milliseconds, 1 to 2147483647", { timeoutMs: 2 ** 31 }],
    ["maxIdleMs: must be a whole number of milliseconds, 1 to 2147483647", { maxIdleMs: 0.5 }],
    ["createClient: must be a function", { createClient: 1 }],
    ["now: must be a function", { now: 1 }],
    ["acks: is unknown", { acks: 1 }],
  ])("refuses options that are wrong, without telling a password: %s", (problem, wrong) => {
    const refused = () => setUp(wrong as Partial<ProducerOptions>);
    expect(refused).toThrow(problem);
    expect(refused).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
    expect(refused).toThrow(/^(?!.*hunter2)/);
  });

  test("opens no connection before the first send", async () => {
    const { clients } = setUp();
    await settle();
    expect(clients).toHaveLength(0);
  });

  test("resolves a send only once it is acknowledged", async () => {
    const { producer, clients } = setUp();
    let acknowledged = false;
    const sending = producer.send("t", record("a")).then(() => {
      acknowledged = true;
    });
    await settle();
    expect(acknowledged).toBe(false);
    batchOf(clients, 0, 0).acknowledge();
    await sending;
    expect(acknowledged).toBe(true);
  });

  test("has one send in flight and puts what comes meanwhile into the next one, across topics", async () => {
    const { producer, clients } = setUp();
    const known = producer.send("u", record("known"));
    await settle();
    batchOf(clients, 0, 0).acknowledge();
    await known;
    const first = producer.send("t", record("a"));
    await settle();
    const rest = [producer.send("t", record("b")), producer.send("u", record("c"))];
    await settle();
    expect(clients[0]?.batches).toHaveLength(2);

    batchOf(clients, 0, 1).acknowledge();
    await first;
    await settle();
    expect(batchOf(clients, 0, 2)).toMatchObject({ topics: ["t", "u"], values: ["b", "c"] });
    batchOf(clients, 0, 2).acknowledge();
    await Promise.all(rest);
    expect(clients).toHaveLength(1);
  });

  test("sends what came while it connected as one batch", async () => {
    const { producer, clients } = setUp();
    void producer.send("t", record("a"));
    void producer.send("t", record("b"));
    await settle();
    expect(batchOf(clients, 0, 0).values).toEqual(["a", "b"]);
  });

  test("keeps a batch within what a broker takes as one request", async () => {
    const { producer, clients } = setUp();
    for (const value of ["a", "b", "c"]) void producer.send("t", record(value, 400_000));
    void producer.send("t", record("too large alone", 2_000_000));
    await settle();
    const sizes: string[][] = [];
    for (let batch = 0; batch < 3; batch += 1) {
      sizes.push(batchOf(clients, 0, batch).values);
      batchOf(clients, 0, batch).acknowledge();
      await settle();
    }
    expect(sizes).toEqual([["a", "b"], ["c"], ["too large alone"]]);
  });

  test("fails every record of a failed batch and discards the client before the next one", async () => {
    const { producer, clients } = setUp();
    const sends = [producer.send("t", record("a")), producer.send("t", record("b"))];
    const outcome = Promise.allSettled(sends);
    await settle();
    const later = producer.send("t", record("c"));
    batchOf(clients, 0, 0).fail(new Error("response lost"));

    for (const result of await outcome) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "KAFKA_UNAVAILABLE", retriable: true } });
    }
    await settle();
    expect(clients[0]?.closed).toBe(true);
    expect(batchOf(clients, 1, 0).values).toEqual(["c"]);
    batchOf(clients, 1, 0).acknowledge();
    await later;
  });

  test("sends a batch that is refused for its size again in smaller ones, on fresh clients, until one record is alone", async () => {
    const { producer, clients } = setUp();
    const sends = Promise.allSettled(["a", "b", "c", "d"].map((value) => producer.send("t", record(value, 1_000))));
    // The topic takes all but "c".
    const answered: string[][] = [];
    for (let client = 0; answered.flat().length < 4; client += 1) {
      for (let batch = 0; ; batch += 1) {
        await settle();
        const { values, acknowledge, fail } = batchOf(clients, client, batch);
        const refused = values.includes("c");
        if (!refused || values.length === 1) answered.push(values);
        if (refused) fail(refusedForSize());
        else acknowledge();
        await settle();
        if (refused || answered.flat().length === 4) break;
      }
    }
    expect(answered).toEqual([["a", "b"], ["c"], ["d"]]);
    expect((await sends).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect((await sends)[2]).toMatchObject({ reason: { code: "RECORD_TOO_LARGE", retriable: false } });
  });

  test("batches are as large as before once the record that is too large was refused alone", async () => {
    const { producer, clients } = setUp();
    const sends = Promise.allSettled(["too large", "b"].map((value) => producer.send("t", record(value, 1_000))));
    await settle();
    batchOf(clients, 0, 0).fail(refusedForSize());
    await settle();
    expect(batchOf(clients, 1, 0).values).toEqual(["too large"]);
    batchOf(clients, 1, 0).fail(refusedForSize());
    await settle();
    batchOf(clients, 2, 0).acknowledge();
    await sends;

    for (const value of ["c", "d", "e"]) void producer.send("u", record(value, 100_000));
    await settle();
    expect(batchOf(clients, 2, 1).values).toEqual(["c", "d", "e"]);
  });

  test.each([
    ["MESSAGE_TOO_LARGE", { code: "RECORD_TOO_LARGE", retriable: false }],
    ["RECORD_LIST_TOO_LARGE", { code: "RECORD_TOO_LARGE", retriable: false }],
    ["TOPIC_AUTHORIZATION_FAILED", { code: "KAFKA_UNAVAILABLE", retriable: true }],
    ["UNKNOWN_TOPIC_OR_PARTITION", { code: "KAFKA_UNAVAILABLE", retriable: true }],
    ["CLUSTER_AUTHORIZATION_FAILED", { code: "KAFKA_UNAVAILABLE", retriable: true }],
    ["OUT_OF_ORDER_SEQUENCE_NUMBER", { code: "KAFKA_UNAVAILABLE", retriable: true }],
    ["INVALID_TIMESTAMP", { code: "KAFKA_UNAVAILABLE", retriable: true }],
    ["INVALID_RECORD", { code: "RECORD_REFUSED", retriable: false }],
  ])("a record that is refused with %s fails with %j", async (type, error) => {
    const { producer, clients } = setUp();
    const sending = expect(producer.send("t", record("a"))).rejects.toMatchObject(error);
    await settle();
    batchOf(clients, 0, 0).fail(refusal(type));
    await sending;
  });

  describe("with one topic among others that is refused", () => {
    /** kafkajs repeats what may pass, and wraps what it gives up on. */
    const givenUp = (type: string) => new Error("given up", { cause: refusal(type) });

    test.each([
      ["TOPIC_AUTHORIZATION_FAILED", refusal("TOPIC_AUTHORIZATION_FAILED")],
      ["UNKNOWN_TOPIC_OR_PARTITION", givenUp("UNKNOWN_TOPIC_OR_PARTITION")],
      ["INVALID_TOPIC_EXCEPTION", refusal("INVALID_TOPIC_EXCEPTION")],
    ])("%s fails its records alone, each attempt, and names no other topic", async (_, failure) => {
      let isBad = false;
      const { producer, requests } = setUpAnswering((__, topics) =>
        isBad && topics.includes("bad") ? failure : undefined,
      );
      const sendAll = (suffix: string) =>
        Promise.allSettled(
          ["bad", "good", "bad", "fine"].map((topic, index) =>
            producer.send(topic, record(`${topic}${index}${suffix}`)),
          ),
        );
      await sendAll("");
      isBad = true;

      for (const attempt of ["-1", "-2", "-3"]) {
        const [first, good, second, fine] = await sendAll(attempt);

        expect([good?.status, fine?.status]).toEqual(["fulfilled", "fulfilled"]);
        for (const outcome of [first, second]) {
          expect(outcome).toMatchObject({ reason: { code: "KAFKA_UNAVAILABLE", retriable: true } });
          expect(outcome).toMatchObject({ reason: { message: expect.stringMatching(/topic bad\b(?!.*(good|fine))/) } });
        }
      }
      // Of the first attempt, which is how it is learned, and not of the later ones.
      const sentWith = requests.flat();
      expect(sentWith.filter((value) => value === "good1-1")).toHaveLength(2);
      expect(sentWith.filter((value) => value === "good1-2" || value === "good1-3")).toHaveLength(2);
    });

    test("those that go together have every other turn, however many topics take their time to fail", async () => {
      const { producer, clients } = setUp();
      const send = (topic: string, value: string) => void producer.send(topic, record(value)).catch(() => {});
      const settled: (string | undefined)[] = [];
      const answer = async () => {
        await settle();
        const { topics, acknowledge, fail } = clients.at(-1)?.batches.at(-1) ?? batchOf(clients, 0, 0);
        settled.push(topics[0]);
        if (topics[0] === "good") acknowledge();
        else fail(refusal("UNKNOWN_TOPIC_OR_PARTITION"));
        await settle();
      };
      send("good", "first");
      await answer();
      for (const round of ["1", "2", "3"]) {
        for (const topic of ["bad-1", "bad-2", "good"]) send(topic, round);
        await answer();
        send("good", `more ${round}`);
        await answer();
      }

      expect(settled).toEqual(["good", "good", "bad-1", "good", "bad-2", "good", "bad-1"]);
    });
  });

  describe("with one record among others that its topic does not take", () => {
    test("it fails alone, in the end, and its neighbours are acknowledged in their order", async () => {
      const values = Array.from({ length: 60 }, (_, index) => `${index}`);
      const taken: string[] = [];
      const { producer, requests } = setUpAnswering((sent) => {
        if (sent.includes("37")) return refusal("INVALID_RECORD");
        taken.push(...sent);
        return undefined;
      });
      const sends = values.flatMap((value) => [
        producer.send("compacted", record(value)),
        producer.send("other", record(`o${value}`)),
      ]);

      const outcomes = await Promise.allSettled(sends);

      const failed = outcomes.filter(({ status }) => status === "rejected");
      expect(failed).toMatchObject([
        { reason: { code: "RECORD_REFUSED", message: expect.stringContaining("the topic compacted does not take") } },
      ]);
      expect(outcomes[74]).toBe(failed[0]);
      expect(taken.filter((value) => !value.startsWith("o"))).toEqual(values.filter((value) => value !== "37"));
      // 60, 30, 15, 14, 7, 3, 1 with it in them: each time, those of other partitions may have been written.
      expect(requests.filter((sent) => sent.includes("37")).length).toBeLessThanOrEqual(7);
    });

    test("a record without a key is told what it lacks, and nothing of what it holds", async () => {
      const { producer } = setUpAnswering(() => refusal("INVALID_RECORD"));
      const sending = producer.send("compacted", { key: null, value: Buffer.from("secret"), headers: [] });
      await expect(sending).rejects.toThrow(
        "the topic compacted does not take the record: refused; it has no key, and a compacted topic asks for one",
      );
    });

    test("a topic that takes none of its records costs a request for each, not a search", async () => {
      const { producer, requests } = setUpAnswering(() => refusal("INVALID_RECORD"));
      const sends = Array.from({ length: 100 }, (_, index) => producer.send("compacted", record(`${index}`)));
      expect((await Promise.allSettled(sends)).every(({ status }) => status === "rejected")).toBe(true);
      // 100, 50, 25, 12, 6, 3 and then each alone.
      expect(requests.length).toBeLessThanOrEqual(106);
    });
  });

  test("a record that is too large says the topic and its size, not what it holds", async () => {
    const { producer, clients } = setUp();
    const sending = expect(producer.send("order-events", record("secret", 5_000_000))).rejects.toThrow(
      "the record is larger than the topic order-events takes, with about 5000038 bytes",
    );
    await settle();
    batchOf(clients, 0, 0).fail(refusedForSize());
    await sending;
    expect(clients[0]?.closed).toBe(true);
  });

  test("the outcome of records that were refused together is unknown when time is up before they went out alone", async () => {
    const client = new ClientDouble();
    const { producer } = setUp({
      timeoutMs: 1_000,
      createClient: vi.fn(async (): Promise<KafkaClient> => new Promise<never>(() => {})).mockResolvedValueOnce(client),
    });
    const sends = Promise.allSettled([producer.send("t", record("a")), producer.send("t", record("b"))]);
    await settle();
    client.batches[0]?.fail(refusedForSize());
    await vi.advanceTimersByTimeAsync(1_000);
    for (const outcome of await sends) {
      expect(outcome).toMatchObject({
        reason: { code: "KAFKA_UNAVAILABLE", message: expect.stringMatching(/unknown/) },
      });
    }
  });

  test("a failed batch says the topic, the reason and that the outcome is unknown", async () => {
    const { producer, clients } = setUp();
    const sending = expect(producer.send("order-events", record("a"))).rejects.toThrow(
      "kafka did not acknowledge the record, its outcome is unknown: topic order-events: response lost",
    );
    await settle();
    batchOf(clients, 0, 0).fail(new Error("response lost"));
    await sending;
  });

  test("gives up when the time budget is used up, and an acknowledgement that comes later changes nothing", async () => {
    const { producer, clients } = setUp({ timeoutMs: 1_000 });
    const sends = Promise.allSettled([producer.send("t", record("a")), producer.send("t", record("b"))]);
    await vi.advanceTimersByTimeAsync(999);
    expect(clients[0]?.closed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect((await sends).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(clients[0]?.closed).toBe(true);

    batchOf(clients, 0, 0).acknowledge();
    const next = producer.send("t", record("c"));
    await settle();
    batchOf(clients, 1, 0).acknowledge();
    await expect(next).resolves.toBeUndefined();
  });

  test("waiting for the send in flight counts in the time budget", async () => {
    const { producer, clients } = setUp({ timeoutMs: 1_000 });
    void producer.send("t", record("a"));
    await vi.advanceTimersByTimeAsync(800);
    const second = Promise.allSettled([producer.send("t", record("b"))]);
    await vi.advanceTimersByTimeAsync(100);
    batchOf(clients, 0, 0).acknowledge();
    await vi.advanceTimersByTimeAsync(899);
    expect(clients[0]?.closed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await second).toMatchObject([{ status: "rejected", reason: { code: "KAFKA_UNAVAILABLE" } }]);
  });

  test("a record whose time is up fails alone: one that goes out with it has the whole of its own", async () => {
    const { producer, clients } = setUp({ timeoutMs: 1_000 });
    void producer.send("t", record("in flight")).catch(() => {});
    await vi.advanceTimersByTimeAsync(1);
    const early = Promise.allSettled([producer.send("t", record("early"))]);
    await vi.advanceTimersByTimeAsync(900);
    const late = producer.send("t", record("late"));
    await vi.advanceTimersByTimeAsync(99);
    expect(batchOf(clients, 1, 0).values).toEqual(["early", "late"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await early).toMatchObject([{ reason: { code: "KAFKA_UNAVAILABLE" } }]);
    await vi.advanceTimersByTimeAsync(500);
    expect(clients[1]?.closed).toBe(false);
    batchOf(clients, 1, 0).acknowledge();
    await expect(late).resolves.toBeUndefined();
  });

  test("discards a client that had to repeat a request, though the batch is acknowledged", async () => {
    const { producer, clients } = setUp();
    const first = producer.send("t", record("a"));
    await settle();
    Object.assign(clients[0] ?? {}, { isSpent: true });
    batchOf(clients, 0, 0).acknowledge();
    await first;
    void producer.send("t", record("b"));
    await settle();
    expect(clients[0]?.closed).toBe(true);
    expect(batchOf(clients, 1, 0).values).toEqual(["b"]);
  });

  test("leaves no timer behind when all is acknowledged", async () => {
    const { producer, clients } = setUp();
    const sending = producer.send("t", record("a"));
    await settle();
    batchOf(clients, 0, 0).acknowledge();
    await sending;
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a connection that hangs fails all who wait for it and is closed", async () => {
    const client = new ClientDouble();
    client.connecting = new Promise<void>(() => {});
    const { producer } = setUp({ timeoutMs: 1_000, createClient: async () => client });
    const sends = Promise.allSettled([producer.send("t", record("a")), producer.send("u", record("b"))]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await sends).toMatchObject([
      { reason: { message: expect.stringContaining("kafka was not reached, the record was not sent: topic t") } },
      { reason: { message: expect.stringContaining("kafka was not reached, the record was not sent: topic u") } },
    ]);
    expect(client).toMatchObject({ closed: true, batches: [] });
  });

  test("a client that cannot even be made fails the send and is tried again by the next one", async () => {
    const createClient = vi.fn(async (): Promise<KafkaClient> => {
      throw new Error("no module");
    });
    const { producer, warnings } = setUp({ createClient });
    await expect(producer.send("t", record("a"))).rejects.toMatchObject({ code: "KAFKA_UNAVAILABLE" });
    await expect(producer.send("t", record("b"))).rejects.toMatchObject({ code: "KAFKA_UNAVAILABLE" });
    expect(createClient).toHaveBeenCalledTimes(2);
    await settle();
    expect(warnings).toEqual(["closing the kafka client failed", "closing the kafka client failed"]);
  });

  test("keeps its connection between sends, but replaces one that was idle for too long", async () => {
    const { producer, clients } = setUp({ maxIdleMs: 60_000 });
    const send = async (value: string, client: number, batch: number) => {
      const sending = producer.send("t", record(value));
      await settle();
      batchOf(clients, client, batch).acknowledge();
      await sending;
    };
    await send("a", 0, 0);
    await vi.advanceTimersByTimeAsync(60_000);
    await send("b", 0, 1);
    await vi.advanceTimersByTimeAsync(60_001);
    await send("c", 1, 0);
    expect(clients.map(({ closed }) => closed)).toEqual([true, false]);
  });

  test("close closes the connection and a later send opens a fresh one", async () => {
    const { producer, clients } = setUp();
    const first = producer.send("t", record("a"));
    await settle();
    batchOf(clients, 0, 0).acknowledge();
    await first;
    await producer.close();
    expect(clients[0]?.closed).toBe(true);
    void producer.send("t", record("b"));
    await settle();
    expect(clients).toHaveLength(2);
  });
});
