import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import type { Backbone } from "../../local/backbone.ts";
import { runDeadLetters } from "../../local/dead-letters/run.ts";
import { partitionKey, toBinaryRecord } from "../../shared/cloudevents/index.ts";
import { deadLetterRecord } from "../../shared/dead-letter/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import { toKafkajsMessage } from "../../shared/kafkajs-message/index.ts";

const records = 2_000;
const topic = "bench-redrive";
const deadLetterTopic = "bench-redrive.stock.dlt";

/** How many dead letters a second `npm run dead-letters -- redrive` sends back, from the first reading to the last deed. */
export async function redriveRate({ kafka, logFolder }: Backbone): Promise<number> {
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
  const topics = [topic, deadLetterTopic].map((name) => ({ topic: name, numPartitions: 6 }));
  await admin.createTopics({ topics, waitForLeaders: true });
  await producer.send({
    topic: deadLetterTopic,
    messages: Array.from({ length: records }, (_, index) => letter(index)),
  });
  await Promise.all([admin.disconnect(), producer.disconnect()]);

  const stdout = new PassThrough();
  const surroundings = {
    ...{ stdin: Readable.from([]), stdout, stderr: new PassThrough().resume() },
    ...{ env: {}, interrupted: new AbortController().signal },
  };
  const clientFile = join(dirname(logFolder), "client.properties");
  const accessFile = join(dirname(logFolder), "redrive-access.yaml");
  const service = `{ type: application, consumes: [${topic}], event-source-mapping: false }`;
  writeFileSync(accessFile, `topics: { ${topic}: { partitions: 6 } }\nservices: { stock: ${service} }\n`);
  const args = ["redrive", "--topic", topic, "--yes", "-c", clientFile, "-f", accessFile];
  const startedAt = performance.now();
  const code = await runDeadLetters(args, surroundings);
  const seconds = (performance.now() - startedAt) / 1_000;
  const said = String(stdout.read());
  if (code !== 0 || said !== `${records} redriven.\n`) throw new Error(`redrive ended with ${code}: ${said}`);
  return records / seconds;
}

function letter(offset: number) {
  const event = {
    ...{ specversion: "1.0", id: crypto.randomUUID(), source: "/bench", type: "order", partitionkey: `key-${offset}` },
    data: { line: "x".repeat(60) },
  };
  const record = { topic, partition: 0, offset, timestampMs: 1, ...toBinaryRecord(event, partitionKey) };
  const error = new BackboneError("HANDLER_FAILED", "the handler threw an Error");
  const failure = { attempts: 3, consumerGroup: "stock", failedAt: new Date() };
  return toKafkajsMessage(deadLetterRecord({ record, error, ...failure }));
}
