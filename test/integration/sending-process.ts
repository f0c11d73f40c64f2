import { setTimeout as pause } from "node:timers/promises";
import { createProducer } from "../../shared/kafka/index.ts";
import { createLogger } from "../../shared/logging/index.ts";

// Sends a few records with idle time in between, in which kafkajs' timers would run.
const [, , broker = "", topic = ""] = process.argv;
const { SCRAM_USERNAME: username = "", SCRAM_PASSWORD: password = "" } = process.env;
const producer = createProducer({
  brokers: [broker],
  auth: { mechanism: "scram-sha-512", username, password },
  logger: createLogger({ service: "sending-process" }),
});
for (let count = 0; count < 3; count += 1) {
  await producer.send(topic, { key: null, value: Buffer.from(String(count)), headers: [] });
  await pause(200);
}
await producer.close();
