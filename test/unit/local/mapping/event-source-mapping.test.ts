import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { InvocationResult } from "../../../../local/lambda/messages.ts";
import { startEventSourceMapping } from "../../../../local/mapping/event-source-mapping.ts";
import type { MappingDefinition } from "../../../../local/mapping/mapping-definition.ts";
import { readDeadLetters, type StoredDeadLetter } from "../../../../shared/dead-letter/index.ts";
import type { MskEvent } from "../../../../shared/msk-event/index.ts";
import { fakeFunction } from "../fake-function.ts";
import { fakeConsumer } from "./fake-consumer.ts";

type Answer = InvocationResult | Promise<InvocationResult>;

const ok = (payload: unknown = null): InvocationResult => ({ ok: true, payload });
const failed = (errorType: string): InvocationResult => ({ ok: false, error: { errorType, errorMessage: "no" } });
const failuresOf = (...identifiers: [partition: number, offset: number][]) =>
  ok({
    batchItemFailures: identifiers.map(([partition, offset]) => ({
      itemIdentifier: { partition: `orders-${partition}`, offset },
    })),
  });

/** A started mapping whose function gives the answers in turn, and null after them. */
async function setUp(
  answers: Answer[] = [],
  settings: Partial<MappingDefinition> = {},
  /** Whether each attempt to write to the on-failure topic succeeds; all after these do. */
  acknowledgements: boolean[] = [],
) {
  const consumer = fakeConsumer("orders");
  /** The records of each invocation, each as `<partition>@<offset>`. */
  const invocations: string[][] = [];
  /** What was committed when each failure was told, with the reason. */
  const retries: { attempt: number; records: number; reason: string; committed: number }[] = [];
  const offloaded: { topic: string; committed: number; letters: StoredDeadLetter[] }[] = [];
  const onGiveUp = vi.fn<(info: { records: number; topic: string | undefined }) => void>();
  const onCrash = vi.fn<(error: Error) => void>();
  const onBeginAnew = vi.fn<(error: Error) => void>();
  const mapping = await startEventSourceMapping({
    definition: {
      id: "Mapping",
      eventSourceArn: "arn:aws:kafka:r:a:cluster/c/u",
      functionName: "fake",
      topic: "orders",
      consumerGroup: "inventory",
      scramSecretArn: undefined,
      fromBeginning: true,
      startingTimestampMs: undefined,
      wants: () => true,
      bisects: false,
      batchSize: 100,
      windowMs: 5,
      reportsBatchItemFailures: true,
      retryAttempts: Number.POSITIVE_INFINITY,
      maxRecordAgeMs: Number.POSITIVE_INFINITY,
      onFailureTopic: undefined,
      enabled: true,
      ...settings,
    },
    function: fakeFunction((event) => {
      const groups = Object.values((event as MskEvent).records);
      invocations.push(groups.flat().map(({ partition, offset }) => `${partition}@${offset}`));
      return answers.shift() ?? ok();
    }),
    kafka: consumer.kafka,
    bootstrapServers: "127.0.0.1:9096",
    partitions: 6,
    timestampType: "CREATE_TIME",
    onCrash,
    onBeginAnew,
    onGiveUp,
    sendToFailureTopic: async (topic, messages) => {
      if (!(acknowledgements.shift() ?? true)) throw new Error("no acknowledgement");
      const letters = messages.flatMap(({ key = null, value }, offset) =>
        readDeadLetters({
          ...{ topic, partition: 0, offset, timestampMs: 0, headers: [] },
          key: key === null ? null : Buffer.from(key),
          value: Buffer.from(value ?? ""),
        }),
      );
      offloaded.push({ topic, committed: consumer.committed.length, letters });
    },
    onRetry: (info) => retries.push({ ...info, committed: consumer.committed.length }),
  });
  return { consumer, invocations, retries, offloaded, onGiveUp, onCrash, onBeginAnew, mapping };
}

const withoutCoordinator = { name: "KafkaJSGroupCoordinatorNotFound" };

describe("an event source mapping", () => {
  it("reads its topic as its group, from its starting position", async () => {
    const { consumer } = await setUp();
    expect(consumer.asked).toEqual({ groupId: "inventory", topic: "orders", fromBeginning: true });
  });

  it("sends a batch whose invocation fails again in halves, if it is to, until a record is alone with its failure", async () => {
    const { consumer, invocations, retries } = await setUp(
      [failed("Crash"), ok(), failed("Crash"), ok(), failed("Crash"), ok()],
      {
        bisects: true,
      },
    );
    await consumer.deliver(0, [10, 11, 12, 13]);
    expect(invocations).toEqual([
      ["0@10", "0@11", "0@12", "0@13"],
      ["0@10", "0@11"],
      ["0@12", "0@13"],
      ["0@12"],
      ["0@13"],
      ["0@13"],
    ]);
    const reason = "Crash: no";
    expect(retries).toEqual([4, 2, 1].map((records) => ({ attempt: 1, records, reason, committed: 0 })));
    expect(consumer.committed).toEqual(["0@14"]);
  });

  it("hands over what its filters let through, and commits the others with what is before them", async () => {
    const { consumer, invocations } = await setUp([], { wants: ({ offset }) => offset === 11 });
    await consumer.deliver(0, [10, 11, 12]);
    await consumer.deliver(1, [7, 8]);
    expect(invocations).toEqual([["0@11"]]);
    expect(consumer.committed).toEqual(["0@12", "0@13", "1@9"]);
  });

  it("sends only the reported records of a partial batch response again", async () => {
    const { consumer, invocations, retries } = await setUp([failuresOf([0, 11], [1, 5]), failuresOf([1, 5])]);
    await Promise.all([consumer.deliver(0, [10, 11, 12]), consumer.deliver(1, [5])]);
    expect(invocations).toEqual([["0@10", "0@11", "0@12", "1@5"], ["0@11", "1@5"], ["1@5"]]);
    expect(retries).toEqual([
      { attempt: 1, records: 2, reason: "partial batch response", committed: 0 },
      { attempt: 2, records: 1, reason: "partial batch response", committed: 0 },
    ]);
    expect([...consumer.committed].sort()).toEqual(["0@13", "1@6"]);
  });

  it.each<[string, InvocationResult, string]>([
    ["a function error", failed("Runtime.ExitError"), "Runtime.ExitError: no"],
    ["a response that names no record of the batch", failuresOf([0, 99]), "partial batch response"],
    ["a response that is none", ok("done"), "partial batch response"],
  ])("sends the whole batch again after %s", async (_, answer, reason) => {
    const { consumer, invocations, retries } = await setUp([answer]);
    await consumer.deliver(0, [10, 11]);
    expect(invocations).toEqual([
      ["0@10", "0@11"],
      ["0@10", "0@11"],
    ]);
    expect(retries).toEqual([{ attempt: 1, records: 2, reason, committed: 0 }]);
    expect(consumer.committed).toEqual(["0@12"]);
  });

  it("takes no partial batch response from a function that does not report them", async () => {
    const { consumer, invocations } = await setUp([failuresOf([0, 10])], { reportsBatchItemFailures: false });
    await consumer.deliver(0, [10]);
    expect(invocations).toEqual([["0@10"]]);
    expect(consumer.committed).toEqual(["0@11"]);
  });

  it("commits a batch only when all of it is processed, and only then sends the partition's next", async () => {
    const { promise: held, resolve: answer } = Promise.withResolvers<InvocationResult>();
    const { consumer, invocations } = await setUp([held], { batchSize: 2 });
    const delivered = consumer.deliver(0, [10, 11, 12]);
    await vi.waitFor(() => expect(invocations).toEqual([["0@10", "0@11"]]), 10_000);
    expect(consumer.committed).toEqual([]);
    answer(ok());
    await delivered;
    expect(invocations).toEqual([["0@10", "0@11"], ["0@12"]]);
    expect(consumer.committed).toEqual(["0@12", "0@13"]);
  });

  it.each<[string, InvocationResult]>([
    ["is cut short", failed("Stopped")],
    ["reports failures", failuresOf([0, 11])],
  ])("commits nothing when it is stopped in mid-invocation and that %s", async (_, answerOfStopped) => {
    const { promise: held, resolve: answer } = Promise.withResolvers<InvocationResult>();
    const { consumer, invocations, mapping } = await setUp([held]);
    const delivered = consumer.deliver(0, [10, 11]);
    await vi.waitFor(() => expect(invocations).toHaveLength(1), 10_000);
    await mapping.stop();
    answer(answerOfStopped);
    await delivered;
    expect(invocations).toHaveLength(1);
    expect(consumer.committed).toEqual([]);
  });

  it("commits nothing when it is stopped while a failed batch waits to be sent again", async () => {
    const { consumer, invocations, retries, mapping } = await setUp(Array(50).fill(failed("Error")));
    const delivered = consumer.deliver(0, [10]);
    await vi.waitFor(() => expect(retries).toHaveLength(1), 10_000);
    await mapping.stop();
    await delivered;
    expect(invocations).toHaveLength(1);
    expect(consumer.committed).toEqual([]);
  });

  it("gives up nothing of an invocation that fails because it is stopped", async () => {
    const { promise: answer, resolve } = Promise.withResolvers<InvocationResult>();
    const settings = { retryAttempts: 0, onFailureTopic: "orders.failed" };
    const { consumer, mapping, invocations, offloaded, onGiveUp } = await setUp([answer], settings);
    const delivered = consumer.deliver(0, [10]);
    await vi.waitFor(() => expect(invocations).toHaveLength(1));
    const stopped = mapping.stop();
    resolve(failed("Stopped"));
    await Promise.all([delivered, stopped]);
    expect([offloaded, onGiveUp.mock.calls, consumer.committed]).toEqual([[], [], []]);
  });

  it("lets a partition whose batch takes long wait alone, until the batch is done", async () => {
    const { promise: held, resolve: answer } = Promise.withResolvers<InvocationResult>();
    const { consumer, invocations } = await setUp([held]);
    await consumer.deliver(0, [10]);
    expect([...consumer.paused]).toEqual([0]);
    await consumer.deliver(1, [20]);
    expect(invocations).toEqual([["0@10"], ["1@20"]]);
    expect(consumer.committed).toEqual(["1@21"]);
    answer(ok());
    await vi.waitFor(() => expect(consumer.paused.size).toBe(0), 10_000);
    expect(consumer.committed).toEqual(["1@21", "0@11"]);
  });

  it("fails the next batch with what went wrong aside, so that the consumer sees to it", async () => {
    const { promise: held, resolve: answer } = Promise.withResolvers<InvocationResult>();
    const { consumer } = await setUp([held]);
    await consumer.deliver(0, [10]);
    consumer.failNextCommit(new Error("not the coordinator"));
    answer(ok());
    await vi.waitFor(() => expect(consumer.paused.size).toBe(0), 10_000);
    await expect(consumer.deliver(0, [10])).rejects.toThrow("not the coordinator");
    await consumer.deliver(0, [10]);
    expect(consumer.committed).toEqual(["0@11"]);
  });

  it("tells when it has ended by itself, not when its consumer begins anew", async () => {
    const { consumer, onCrash } = await setUp();
    consumer.crash(true);
    expect(onCrash).not.toHaveBeenCalled();
    consumer.crash(false, { type: "TOPIC_AUTHORIZATION_FAILED" });
    expect(onCrash).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ type: "TOPIC_AUTHORIZATION_FAILED" }));
    expect(consumer.begun()).toBe(1);
  });

  it("begins anew, and says why, after any failure that is no refusal", async () => {
    const { consumer, onCrash, onBeginAnew } = await setUp();
    for (const begun of [1, 2, 3]) {
      consumer.crash(false, { name: "KafkaJSNonRetriableError" }); // Its connection dropped while it logged in, say.
      await vi.waitFor(() => expect(consumer.begun()).toBe(begun + 1), 10_000);
    }
    expect(onBeginAnew).toHaveBeenCalledTimes(3);
    expect(onBeginAnew).toHaveBeenLastCalledWith(expect.objectContaining({ message: "the reader's reason" }));
    expect(onCrash).not.toHaveBeenCalled();
  });

  it("joins again as often as it takes when its group has no coordinator for a while", async () => {
    const { consumer, onCrash } = await setUp();
    consumer.join();
    for (const begun of [1, 2, 3, 4, 5]) {
      expect(consumer.begun()).toBe(begun);
      consumer.failConnects(begun === 1 ? 3 : 0); // The broker itself is away, too.
      consumer.crash(false, withoutCoordinator);
      await vi.waitFor(() => expect(consumer.begun()).toBe(begun + 1), 10_000);
    }
    expect(onCrash).not.toHaveBeenCalled();
  });

  it("takes it for a missing grant when it has never joined, and not before it has asked again", async () => {
    const { consumer, onCrash } = await setUp();
    for (const begun of [1, 2, 3]) {
      consumer.crash(false, withoutCoordinator);
      await vi.waitFor(() => expect(consumer.begun()).toBe(begun + 1), 10_000);
    }
    expect(onCrash).not.toHaveBeenCalled();
    consumer.crash(false, withoutCoordinator);
    expect(onCrash).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ type: "GROUP_AUTHORIZATION_FAILED" }));
  });

  it("asks for the coordinator as often, whatever else failed before", async () => {
    const { consumer, onCrash } = await setUp();
    const reasons = [{}, {}, {}, withoutCoordinator];
    for (const [index, reason] of reasons.entries()) {
      consumer.crash(false, reason);
      await vi.waitFor(() => expect(consumer.begun()).toBe(index + 2), 10_000);
    }
    expect(onCrash).not.toHaveBeenCalled();
  });

  it("ends where the reader cannot do what the topic asks for", async () => {
    const { consumer, onCrash } = await setUp();
    consumer.join();
    consumer.crash(false, { name: "KafkaJSNotImplemented" });
    expect(onCrash).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ name: "KafkaJSNotImplemented" }));
  });

  it("joins no more when it is stopped meanwhile", async () => {
    const { consumer, mapping } = await setUp();
    consumer.join();
    consumer.crash(false, withoutCoordinator);
    await mapping.stop();
    expect(consumer.begun()).toBe(1);
  });
});

describe("an event source mapping with limits", () => {
  const always = Array.from({ length: 9 }, () => failuresOf([0, 11]));

  it("writes what is retried in vain to its on-failure topic, and commits only then", async () => {
    const settings = { retryAttempts: 2, onFailureTopic: "orders.inventory.dlt" };
    const { consumer, invocations, offloaded, onGiveUp } = await setUp([...always], settings);

    await consumer.deliver(0, [10, 11, 12]);

    expect(invocations).toEqual([["0@10", "0@11", "0@12"], ["0@11"], ["0@11"]]);
    expect(offloaded).toMatchObject([{ topic: "orders.inventory.dlt", committed: 0 }]);
    expect(offloaded[0]?.letters).toMatchObject([
      {
        errorCode: "OFFLOADED",
        errorMessage: "the mapping gave it up: RetriesExhausted after 3 invocations of fake",
        attempts: 3,
        source: { topic: "orders", partition: 0, offset: 11, key: Buffer.from("k"), value: Buffer.from("v") },
      },
    ]);
    expect(onGiveUp).toHaveBeenCalledExactlyOnceWith({ records: 1, topic: "orders.inventory.dlt" });
    expect(consumer.committed).toEqual(["0@13"]);
  });

  it("keeps the records until the on-failure topic has them", async () => {
    const settings = { retryAttempts: 0, onFailureTopic: "orders.inventory.dlt" };
    const { consumer, retries, offloaded } = await setUp([...always], settings, [false]);

    await consumer.deliver(0, [11]);

    const reason = "offloading to orders.inventory.dlt: no acknowledgement";
    expect(retries).toEqual([{ attempt: 1, records: 1, reason, committed: 0 }]);
    expect(offloaded).toHaveLength(1);
    expect(consumer.committed).toEqual(["0@12"]);
  });

  it("counts no halving as a retry, and goes on counting in the halves", async () => {
    const answers = [failuresOf([0, 10], [0, 11]), failed("Crash"), failed("Crash"), failed("Crash")];
    const { consumer, invocations, retries, onGiveUp } = await setUp(answers, { bisects: true, retryAttempts: 1 });

    await consumer.deliver(0, [10, 11]);

    expect(invocations).toEqual([["0@10", "0@11"], ["0@10", "0@11"], ["0@10"], ["0@11"]]);
    expect(retries).toMatchObject([
      { attempt: 1, records: 2, reason: "partial batch response" },
      { attempt: 2, records: 2, reason: "Crash: no" },
    ]);
    expect(onGiveUp.mock.calls).toEqual([[{ records: 1, topic: undefined }], [{ records: 1, topic: undefined }]]);
  });

  it.each([
    ["none of them", 11, []],
    ["the only one that is not", 12, [["0@12"]]],
    ["halves of those that are not", 13, [["0@12"], ["0@13"]]],
  ])("gives up what is too old before it halves a batch, and sends %s again", async (_, last, sentAgain) => {
    const offsets = [10, 11, 12, 13].filter((offset) => offset <= last);
    const clock = vi.spyOn(Date, "now").mockReturnValue(1_700_000_000_012 + 60_000);
    onTestFinished(() => clock.mockRestore());
    const { consumer, invocations, onGiveUp } = await setUp([failed("Crash")], {
      bisects: true,
      maxRecordAgeMs: 60_000,
    });

    await consumer.deliver(0, offsets);

    expect(invocations).toEqual([offsets.map((offset) => `0@${offset}`), ...sentAgain]);
    expect(onGiveUp).toHaveBeenCalledExactlyOnceWith({ records: 2, topic: undefined });
    expect(consumer.committed).toEqual([`0@${last + 1}`]);
  });

  it("does not send again what is too old", async () => {
    const { consumer, invocations, onGiveUp } = await setUp([...always], { maxRecordAgeMs: 60_000 });

    await consumer.deliver(0, [11]);

    expect(invocations).toEqual([["0@11"]]);
    expect(onGiveUp).toHaveBeenCalledExactlyOnceWith({ records: 1, topic: undefined });
    expect(consumer.committed).toEqual(["0@12"]);
  });
});
