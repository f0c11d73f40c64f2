import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import type { Admin, KafkaMessage } from "kafkajs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ledgerTopic } from "../../local/dead-letters/ledger.ts";
import { runDeadLetters } from "../../local/dead-letters/run.ts";
import { toMskRecord } from "../../local/mapping/msk-event.ts";
import { offloadMessages } from "../../local/mapping/offload.ts";
import { partitionKey, toBinaryRecord } from "../../shared/cloudevents/index.ts";
import { deadLetterRecord } from "../../shared/dead-letter/index.ts";
import { BackboneError, type ErrorCode } from "../../shared/errors.ts";
import { createProducer, type OutgoingRecord, type Producer } from "../../shared/kafka/index.ts";
import { fromKafkajsMessage, toKafkajsMessage } from "../../shared/kafkajs-message/index.ts";
import { eventually, messagesOf } from "./running-backbone.ts";
import { clientProperties, startTestBroker, type TestBroker } from "./running-broker.ts";

const folder = mkdtempSync(join(tmpdir(), "dead-letters-test-"));
const clientFile = join(folder, "client.properties");
/** Of the test's topic and its consumer. */
const accessFile = join(folder, "access.yaml");
const projectsFile = ["--file", join(import.meta.dirname, "../../infra/access.yaml")];
const running: ChildProcess[] = [];

/** A time that lies back, ISO 8601. What failed very long ago is not redriven. */
const beganAt = Date.now();
const ago = (seconds: number) => new Date(beganAt - seconds * 1_000).toISOString();

let broker: TestBroker;
let admin: Admin;
let producer: Producer;
/** The source topic of the test, and the dead-letter topic of its consumer `stock`. */
let topic: string;
let dlt: string;

beforeAll(async () => {
  broker = await startTestBroker();
  admin = broker.kafka.admin();
  await admin.connect();
  writeFileSync(clientFile, clientProperties(broker));
  const logger = { info: () => {}, warn: () => {}, error: () => {} };
  const auth = { mechanism: "scram-sha-512", ...broker.credentials } as const;
  producer = createProducer({ brokers: [broker.address], auth, logger, timeoutMs: 60_000 });
});
afterAll(async () => {
  await Promise.all([producer.close(), admin.disconnect()]);
  await broker.stop();
});
beforeEach(async () => {
  topic = await broker.createTopic({ partitions: 2 });
  dlt = `${topic}.stock.dlt`;
  writeFileSync(
    accessFile,
    `topics: { ${topic}: { partitions: 2, replication: 1 } }
services: { stock: { type: application, consumes: [${topic}], event-source-mapping: false } }
`,
  );
  const configEntries = [{ name: "message.timestamp.type", value: "LogAppendTime" }];
  const topics = [
    { topic: dlt, numPartitions: 2, configEntries },
    { topic: ledgerTopic, numPartitions: 1, configEntries: [] },
  ];
  const present = await admin.listTopics();
  await admin.createTopics({ waitForLeaders: true, topics: topics.filter((one) => !present.includes(one.topic)) });
});
afterEach(() => {
  for (const child of running.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
});

interface Given {
  readonly id?: string;
  readonly key?: string;
  readonly code?: ErrorCode;
  readonly failedAt?: string;
  readonly offset?: number;
  readonly value?: Buffer;
  /** @default the source topic of the test */
  readonly of?: string;
}

function eventRecord(id: string, key: string): OutgoingRecord {
  const event = {
    specversion: "1.0",
    id,
    source: "/shop",
    type: "order",
    partitionkey: "k",
    data: { name: `n-${id}` },
  };
  return { ...toBinaryRecord(event, partitionKey, [["trace", Buffer.from([1, 255])]]), key: Buffer.from(key) };
}

function letter({
  id = crypto.randomUUID(),
  key = "k",
  code = "RULE_VIOLATED",
  failedAt,
  offset = 3,
  value,
  of = topic,
}: Given): OutgoingRecord {
  return deadLetterRecord({
    record: { topic: of, partition: 1, offset, timestampMs: 1, ...eventRecord(id, key), ...(value && { value }) },
    error: new BackboneError(code, "one too many"),
    attempts: 3,
    consumerGroup: "stock",
    failedAt: new Date(failedAt ?? Date.now()),
  });
}

/** Puts dead letters into the topic, as a consumer that failed would. */
async function dead(...given: Given[]): Promise<void> {
  await Promise.all(given.map((one) => producer.send(dlt, letter(one))));
}

/** Runs a command line on the test's dead-letter topic. */
async function run(...args: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const surroundings = { stdin: Readable.from([]), stdout, stderr, env: {}, interrupted: new AbortController().signal };
  const file = args.includes("--file") ? [] : ["--file", accessFile];
  const code = await runDeadLetters([...args, "-c", clientFile, ...file], surroundings);
  stdout.end();
  stderr.end();
  return { code, out: await textOf(stdout), err: await textOf(stderr) };
}

/** Runs a command line that somebody sits before. */
function atTerminal(...args: string[]) {
  const [stdout, stderr, interruption] = [new PassThrough(), new PassThrough(), new AbortController()];
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const surroundings = { stdin, stdout, stderr, env: {}, interrupted: interruption.signal };
  let err = "";
  stderr.on("data", (text) => {
    err += text;
  });
  const said = (words: RegExp) =>
    new Promise<void>((resolve) => stderr.on("data", () => void (words.test(err) && resolve())));
  const question = said(/Go on\?/);
  const ended = runDeadLetters([...args, "-c", clientFile, "-f", accessFile], surroundings).then(async (code) => {
    stdout.end();
    return { code, out: await textOf(stdout), err };
  });
  return {
    question,
    said,
    answer(text: string) {
      stdin.write(text);
      return ended;
    },
    interrupt() {
      interruption.abort();
      return ended;
    },
  };
}

async function listed(...args: string[]): Promise<Record<string, unknown>[]> {
  const { code, out, err } = await run("list", "--topic", topic, "--json", ...args);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out).deadLetters;
}

function headersOf(message: KafkaMessage | undefined): Record<string, string> {
  if (message === undefined) throw new Error("no message");
  const { headers } = fromKafkajsMessage("", 0, message);
  return Object.fromEntries(headers.map(([name, value]) => [name, value.toString("latin1")]));
}

describe("list", () => {
  test("shows a table without payloads, doubles as one", async () => {
    await dead({ id: "e-1", key: "cup", failedAt: "2026-01-02T03:04:05.678Z" });
    await dead({ id: "e-1", key: "cup", failedAt: "2026-01-02T03:05:00.000Z" });

    const { code, out } = await run("list", "--topic", topic);

    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^${dlt}  group stock  1\n  FAILED AT +CODE +KEY +EVENT +TRIES +REDRIVEN +PLACE\n`));
    expect(out).toMatch(
      /\n {2}2026-01-02 03:05:00Z {2}RULE_VIOLATED {2}cup {2}e-1 +3 +- +\d\/1 \(and 1 more of it\)\n$/,
    );
    expect(out).not.toContain("n-e-1");
  });

  test("filters by code, group, key, time and number, and by the dead-letter topic", async () => {
    await dead(
      { id: "old", key: "a", failedAt: "2026-01-01T00:00:00Z" },
      { id: "new", key: "b", failedAt: "2026-01-03T00:00:00Z", code: "HANDLER_FAILED" },
    );
    const ids = async (...args: string[]) => (await listed(...args)).map(({ eventId }) => eventId);

    expect(await ids()).toEqual(["old", "new"]);
    expect(await ids("--code", "HANDLER_FAILED")).toEqual(["new"]);
    expect(await ids("--since", "2026-01-02")).toEqual(["new"]);
    expect(await ids("--key", "a")).toEqual(["old"]);
    expect(await ids("--limit", "1")).toEqual(["old"]);
    expect(await ids("--group", "stock")).toEqual(["old", "new"]);
    expect(JSON.parse((await run("list", "--topic", dlt, "--json")).out).total).toBe(2);
  });

  test.each([
    ["--code", "NONSENSE", "RULE_VIOLATED"],
    ["--group", "stok", "stock"],
  ])("refuses %s %s, and names what there is: %s", async (option, value, there) => {
    await dead({ id: "e-14" });

    const { code, out, err } = await run("list", option, value);

    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(new RegExp(`^error ${option} ${value}: has to be one of .*\\b${there}\\b`));
  });

  test("moves nobody's cursor and leaves no group behind", async () => {
    await dead({ id: "e-1" });
    const groupId = `reader-${crypto.randomUUID()}`;
    await admin.setOffsets({ groupId, topic: dlt, partitions: [{ partition: 0, offset: "0" }] });
    const groups = async () => (await admin.listGroups()).groups.map((group) => group.groupId).sort();
    const before = { groups: await groups(), offsets: await admin.fetchOffsets({ groupId, topics: [dlt] }) };

    await listed();
    await run("show", "e-1");

    expect({ groups: await groups(), offsets: await admin.fetchOffsets({ groupId, topics: [dlt] }) }).toEqual(before);
  });
});

test("a topic that has no dead letters of its own is no empty list, and what it is called no terminal obeys", async () => {
  const { code, out, err } = await run("list", "--topic", "oder-events\u001b[2J");

  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("--topic oder-events\\u001b[2J: has no dead-letter topic; there are ");
  expect(err).toContain(dlt);
});

test("show gives the event, the error and what a terminal would obey in words", async () => {
  await dead({ id: "e-2", key: "cup\u001b[2J" });

  const { code, out } = await run("show", "e-2");

  expect(code).toBe(0);
  expect(out).toMatch(/key +cup\\u001b\[2J\n/);
  expect(out).toMatch(/Error\n {2}RULE_VIOLATED one too many\n {2}.*Z, tried 3 times\n {2}BackboneError\n/);
  expect(out).toMatch(/Event\n {2}specversion +1\.0\n {2}id +e-2\n/);
  expect(out).toContain('"name": "n-e-2"');
  expect(out).toMatch(/Other headers\n {2}trace +0x01ff\n/);
  expect(out).toMatch(/History\n.*failed: RULE_VIOLATED → .* \(this one\)\n$/);
});

describe("redrive", () => {
  test("sends the record back as it was, for its group alone, and takes it off the list", async () => {
    await dead({ id: "e-3", key: "cup", failedAt: ago(3_600) }, { id: "e-4", key: "pot" });

    const { code, out } = await run("redrive", "e-3", "--as", "the night shift");

    expect({ code, out }).toEqual({ code: 0, out: "1 redriven.\n" });
    const [message, ...more] = await messagesOf(broker, topic);
    expect(more).toEqual([]);
    expect(message?.key?.toString()).toBe("cup");
    expect(message?.value?.toString()).toBe('{"name":"n-e-3"}');
    expect(headersOf(message)).toEqual({
      ...headersOf({ ...toKafkajsMessage(eventRecord("e-3", "cup")) } as KafkaMessage),
      "dlt-redrive-group": "stock",
      "dlt-redrive-count": "1",
      "dlt-first-failed-at": ago(3_600),
      "dlt-first-error-code": "RULE_VIOLATED",
      "dlt-first-record": `${topic}/1/3`,
    });
    expect((await listed()).map(({ eventId }) => eventId)).toEqual(["e-4"]);
    const all = await listed("--all");
    expect(all.find(({ eventId }) => eventId === "e-3")).toMatchObject({
      done: { action: "redriven", by: "the night shift", redriveCount: 0 },
    });
  });

  test("of what fails again counts up, and show tells the whole history", async () => {
    await dead({ id: "e-5", failedAt: ago(3_600) });
    await run("redrive", "e-5", "--as", "ana");
    const [message] = await messagesOf(broker, topic);
    if (message === undefined) throw new Error("nothing was redriven");
    const error = new BackboneError("HANDLER_FAILED", "again");
    const record = fromKafkajsMessage(topic, 0, message);
    const failedAt = new Date(Date.now() + 1_000);
    await producer.send(dlt, deadLetterRecord({ record, error, attempts: 1, consumerGroup: "stock", failedAt }));

    const [again, ...more] = await listed();
    const { out } = await run("show", "e-5");
    await run("redrive", "e-5");

    expect(more).toEqual([]);
    expect(again).toMatchObject({ redriveCount: 1, errorCode: "HANDLER_FAILED", first: { record: `${topic}/1/3` } });
    expect(out).toMatch(
      /History\n.*failed: RULE_VIOLATED.*\n.*redriven by ana\n.*failed: HANDLER_FAILED.*this one\)\n$/,
    );
    const counts = (await messagesOf(broker, topic)).map((one) => headersOf(one)["dlt-redrive-count"]);
    expect(counts.sort()).toEqual(["1", "2"]);
  });

  test("--dry-run says what would be done and does nothing", async () => {
    await dead({ id: "e-6" });

    const { code, out } = await run("redrive", "--topic", topic, "--dry-run");

    expect(code).toBe(0);
    expect(out).toMatch(
      new RegExp(`^${dlt}/\\d/0 {2}to ${topic}, for stock alone\n1 would be redriven; nothing was done.\n$`),
    );
    expect(await messagesOf(broker, topic)).toEqual([]);
    expect(await listed()).toHaveLength(1);
  });

  test("of more than 100 is refused where nobody can be asked, unless --yes", async () => {
    await dead(...Array.from({ length: 101 }, () => ({})));

    const refused = await run("redrive", "--topic", topic);
    const done = await run("redrive", "--topic", topic, "--yes");

    expect(refused).toMatchObject({
      code: 2,
      err: "error 101 dead letters would be redriven: --yes does it without a question\n",
    });
    expect(done).toMatchObject({ code: 0, out: "101 redriven.\n" });
    expect(await messagesOf(broker, topic)).toHaveLength(101);
  });

  test("of one of its doubles, by place or time, is of them all", async () => {
    await dead({ id: "twice", key: "a", failedAt: ago(20) });
    await dead({ id: "twice", key: "a", failedAt: ago(10) });
    await dead({ id: "again", key: "b", failedAt: ago(20) });
    await dead({ id: "again", key: "b", failedAt: ago(10) });
    const twice = (await listed()).find(({ eventId }) => eventId === "twice");

    const byPlace = await run("redrive", String(twice?.id));
    const byTime = await run("redrive", "--topic", topic, "--since", ago(15));

    expect([byPlace.out, byTime.out]).toEqual(["1 redriven.\n", "1 redriven.\n"]);
    expect(await listed()).toEqual([]);
    expect(await messagesOf(broker, topic)).toHaveLength(2);
  });

  test("of one of two records under one source and id sends its bytes, and leaves the other", async () => {
    await dead({ id: "same", code: "HANDLER_FAILED", failedAt: ago(20) });
    const garbage = Buffer.from([0]);
    await dead({ id: "same", code: "MALFORMED_PAYLOAD", failedAt: ago(10), value: garbage });

    const { out } = await run("redrive", "--topic", topic, "--code", "HANDLER_FAILED");

    expect(out).toBe("1 redriven.\n");
    expect((await messagesOf(broker, topic)).map(({ value }) => value?.toString())).toEqual(['{"name":"n-same"}']);
    expect(await listed()).toMatchObject([{ eventId: "same", errorCode: "MALFORMED_PAYLOAD" }]);
  });

  test("of a group in which no service consumes the topic is not done, and said", async () => {
    await dead({ id: "e-13" });

    const { code, out } = await run("redrive", "e-13", ...projectsFile);

    expect(code).toBe(1);
    expect(out).toMatch(/has no service of .* that consumes .*: nobody would take it\n0 redriven\.\n$/);
    expect(await messagesOf(broker, topic)).toEqual([]);
    expect(await listed()).toHaveLength(1);
  });

  test("of what failed first so long ago that its claim may be gone takes a word more", async () => {
    await dead({ id: "very-old", failedAt: ago(16 * 86_400) }, { id: "young", failedAt: ago(14 * 86_400) });

    const refused = await run("redrive", "--topic", topic);
    const done = await run("redrive", "very-old", "--claims-gone");

    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/its claim may be gone, .*--claims-gone redrives it all the same\n1 redriven\.\n$/);
    expect(done).toMatchObject({ code: 0, out: "1 redriven.\n" });
    expect(await messagesOf(broker, topic)).toHaveLength(2);
  });

  test("interrupted while it still reads, it does nothing", async () => {
    await dead({ id: "e-12" });
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const parts = { stdin: Readable.from([]), stdout, stderr, env: {}, interrupted: AbortSignal.abort() };

    const code = await runDeadLetters(["redrive", "e-12", "-c", clientFile, "-f", accessFile], parts);

    expect(code).toBe(130);
    expect(String(stderr.read())).toBe("interrupted: nothing was done\n");
    expect(await messagesOf(broker, topic)).toEqual([]);
    expect(await listed()).toHaveLength(1);
  });

  test.each([
    { action: "redrive", past: "redriven", other: "discard" },
    { action: "discard", past: "discarded", other: "redrive" },
  ])("what somebody else does with it while $action waits for an answer stays", async ({ action, past, other }) => {
    await dead(...Array.from({ length: 101 }, (_, index) => ({ id: `many-${index}` })));
    const reasonFor = (command: string) => (command === "discard" ? ["--reason", "a test"] : []);
    const asked = atTerminal(action, "--topic", topic, ...reasonFor(action));
    await asked.question;

    await run(other, "many-7", ...reasonFor(other), "--as", "ben");
    const { code, out } = await asked.answer("y\n");

    expect({ code, out }).toEqual({
      code: 0,
      out: `100 ${past}.\n1 left alone: dealt with by others meanwhile.\n`,
    });
    const all = await listed("--all");
    expect(all).toHaveLength(101);
    expect(all.filter(({ done }) => (done as { by: string }).by === "ben")).toMatchObject([{ eventId: "many-7" }]);
    expect(await messagesOf(broker, topic)).toHaveLength(action === "redrive" ? 100 : 1);
  });

  test("interrupted at the question, it has done nothing, and says so to programs, too", async () => {
    await dead(...Array.from({ length: 101 }, () => ({})));
    const asked = atTerminal("redrive", "--topic", topic, "--json");
    await asked.question;

    const { code, out, err } = await asked.interrupt();

    expect(code).toBe(130);
    expect(JSON.parse(out)).toEqual({ interrupted: true, done: [] });
    expect(err).toMatch(/interrupted: nothing was done\n$/);
    expect(await messagesOf(broker, topic)).toEqual([]);
  });

  test("interrupted in the middle, it says which were done", async () => {
    await dead(...Array.from({ length: 1_500 }, () => ({})));
    const asked = atTerminal("redrive", "--topic", topic, "--json", "--yes");
    await asked.said(/of 1500 redriven/);

    const { code, out } = await asked.interrupt();

    const told = JSON.parse(out);
    const dealtWith = (await listed("--all")).filter(({ done }) => done !== undefined).map(({ id }) => id);
    expect(code).toBe(130);
    expect(told).toMatchObject({ interrupted: true, redriven: told.done.length, failed: [], dealtWithMeanwhile: [] });
    expect(told.done.length).toBeGreaterThan(0);
    expect(told.done.length).toBeLessThan(1_500);
    expect(told.done.sort()).toEqual(dealtWith.sort());
  });

  test("of an ID that names nothing does nothing at all", async () => {
    await dead({ id: "e-7" });

    const { code, err } = await run("redrive", "e-7", "e-8");

    expect(code).toBe(2);
    expect(err).toContain("no dead letter that waits and fits: e-8");
    expect(await messagesOf(broker, topic)).toEqual([]);
  });

  test("of two topics of which one is missing sends the other's, once, and names what it did not send", async () => {
    const missing = `missing-${crypto.randomUUID()}`;
    const [key, missingDlt] = [crypto.randomUUID(), `${missing}.stock.dlt`];
    const names = [topic, missing].map((name) => `${name}: { partitions: 2, replication: 1 }`).join(", ");
    writeFileSync(
      accessFile,
      `topics: { ${names} }
services: { stock: { type: application, consumes: [${topic}, ${missing}], event-source-mapping: false } }
`,
    );
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: missingDlt, numPartitions: 1 }] });
    // More than are sent together, so that the missing topic is met in each portion.
    const ids = Array.from({ length: 600 }, (_, index) => `m-${index}`);
    await Promise.all(ids.map((id) => producer.send(missingDlt, letter({ id, key, of: missing }))));
    await dead(...["good-1", "good-2"].map((id) => ({ id, key })));
    const redrive = async () => {
      const { code, out } = await run("redrive", "--key", key, "--yes", "--json");
      return { code, ...JSON.parse(out) };
    };

    const first = await redrive();
    const second = await redrive();

    expect(first).toMatchObject({ code: 1, redriven: 2, interrupted: false });
    expect(second).toMatchObject({ code: 1, redriven: 0 });
    for (const { failed } of [first, second]) {
      expect(failed).toHaveLength(600);
      const reasons: string[] = failed.map(({ reason }: { reason: string }) => reason);
      expect(reasons.every((reason) => reason.includes(missing) && !reason.includes(topic))).toBe(true);
      expect(reasons.filter((reason) => reason.startsWith("not sent: ")).length).toBeGreaterThanOrEqual(100);
    }
    expect(await messagesOf(broker, topic)).toHaveLength(2);
  });

  test("--limit counts what can be sent, and what cannot is named, so that portions come to an end", async () => {
    const tooOld = [17, 16].map((days) => ({ id: `too-old-${days}`, failedAt: ago(days * 86_400) }));
    await dead(...tooOld, { id: "one", failedAt: ago(20) }, { id: "two", failedAt: ago(10) });
    const portion = async () => JSON.parse((await run("redrive", "--topic", topic, "--limit", "1", "--json")).out);

    const [first, second, third] = [await portion(), await portion(), await portion()];

    expect([first.redriven, second.redriven, third.redriven]).toEqual([1, 1, 0]);
    for (const { failed } of [first, second, third]) expect(failed).toHaveLength(2);
    expect((await listed()).map(({ eventId }) => eventId)).toEqual(["too-old-17", "too-old-16"]);
  });

  test("of a record of somebody else is not done, and said", async () => {
    await producer.send(dlt, { key: null, value: Buffer.from("?"), headers: [] });

    const { code, out } = await run("redrive", "--topic", dlt);

    expect(code).toBe(1);
    expect(out).toMatch(/nothing says what topic it came from\n0 redriven\.\n$/);
  });

  test("killed in the middle, it goes on where it stopped", async () => {
    const files = ["-c", clientFile, "-f", accessFile];
    const args = ["local/dead-letters/main.ts", "redrive", "--topic", topic, "--yes", ...files];
    const ids: string[] = [];
    let waiting = 0;
    // One that was done before the kill came is followed by another.
    for (let round = 1; waiting === 0 && round <= 5; round += 1) {
      const more = Array.from({ length: 3_000 }, (_, index) => `many-${round}-${index}`);
      ids.push(...more);
      await dead(...more.map((id) => ({ id, key: id })));
      const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
      running.push(child);
      child.stderr?.on("data", (said) => {
        if (String(said).includes("of 3000 redriven")) child.kill("SIGKILL");
      });
      await once(child, "close");
      waiting = (await listed()).length;
    }

    const { code, out } = await run("redrive", "--topic", topic, "--yes");

    expect(waiting).toBeGreaterThan(0);
    expect(waiting).toBeLessThan(3_000);
    expect({ code, out }).toEqual({ code: 0, out: `${waiting} redriven.\n` });
    expect(await listed()).toEqual([]);
    const sent = (await messagesOf(broker, topic)).map((message) => headersOf(message).ce_id);
    expect(new Set(sent)).toEqual(new Set(ids));
    // One chunk at most was in flight when it was killed.
    expect(sent.length).toBeLessThanOrEqual(ids.length + 500);
  });
});

describe("what the mapping offloaded", () => {
  async function offloaded(source: string, deadLetterTopic: string, id: string): Promise<void> {
    const { key, value, headers } = toKafkajsMessage(eventRecord(id, "cup"));
    const message = { key, value, headers, offset: "8", timestamp: "1700000000000", attributes: 0 } as KafkaMessage;
    const [document] = offloadMessages({
      records: [toMskRecord(source, 0, message, "CREATE_TIME")],
      eventSourceArn: "arn:aws:kafka:eu-central-1:000000000000:cluster/c/u",
      bootstrapServers: broker.address,
      functionArn: "arn:aws:lambda:eu-central-1:000000000000:function:inventory",
      invocations: 11,
      functionError: "Runtime.ExitError",
      now: new Date(),
    });
    const record = { key: Buffer.from("cup"), value: Buffer.from(document?.value ?? ""), headers: [] };
    await producer.send(deadLetterTopic, record);
  }

  test.each([
    { service: "inventory", group: "inventory.order-events" },
    { service: "order-status", group: "order-status.order-events" },
  ])(
    "is listed as OFFLOADED and redriven like any other, for the group that the access file has: $group",
    async ({ service, group }) => {
      const offloadedTo = `order-events.${service}.dlt`;
      await admin.createTopics({
        waitForLeaders: true,
        topics: ["order-events", offloadedTo].map((name) => ({ topic: name, numPartitions: 1 })),
      });
      const id = `offloaded-by-${service}`;
      await offloaded("order-events", offloadedTo, id);
      const which = ["--code", "OFFLOADED", "--group", group, ...projectsFile];

      const list = JSON.parse((await run("list", ...which, "--json")).out);
      const { code } = await run("redrive", ...which);

      expect(list.deadLetters).toMatchObject([{ eventId: id, topic: "order-events", offset: 8, attempts: 11 }]);
      expect(code).toBe(0);
      const message = (await messagesOf(broker, "order-events")).at(-1);
      expect(message?.value?.toString()).toBe(`{"name":"n-${id}"}`);
      expect(headersOf(message)).toMatchObject({
        ce_id: id,
        trace: "\u0001\u00ff",
        "dlt-redrive-group": group,
        "dlt-redrive-count": "1",
        "dlt-first-error-code": "OFFLOADED",
        "dlt-first-record": "order-events/0/8",
      });
    },
  );

  test("is not redriven while nothing says for which group", async () => {
    await offloaded(topic, dlt, "e-9");

    const { code, out } = await run("redrive", "e-9", ...projectsFile);

    expect(code).toBe(1);
    expect(out).toContain(`the access file has no service of ${dlt} that consumes ${topic}`);
    expect(await messagesOf(broker, topic)).toEqual([]);
  });
});

test("discard takes it off the list and keeps who did it and why; the dead letter itself stays", async () => {
  await dead({ id: "e-10" });

  const { code } = await run("discard", "e-10", "--reason", "a test order", "--as", "ana");

  expect(code).toBe(0);
  expect(await listed()).toEqual([]);
  expect(await listed("--all")).toMatchObject([{ done: { action: "discarded", by: "ana", reason: "a test order" } }]);
  expect((await run("show", "e-10")).out).toMatch(/discarded by ana: a test order\n$/);
  expect(await messagesOf(broker, topic)).toEqual([]);
  expect(await messagesOf(broker, dlt)).toHaveLength(1);
});

test("a cluster without the topic of deeds is listed, and nothing is done there", async () => {
  await dead({ id: "e-11" });
  await admin.deleteTopics({ topics: [ledgerTopic] });
  await eventually("it is gone", async () => ((await admin.listTopics()).includes(ledgerTopic) ? undefined : true));

  expect(await listed()).toHaveLength(1);
  expect(await run("discard", "e-11", "--reason", "x")).toMatchObject({
    code: 2,
    err: expect.stringContaining(`topic ${ledgerTopic} is missing`),
  });
});
