// The floor of POST /orders: an HTTP server that does nothing but the kafkajs send of the order-service. Its brokers,
// topic, user and password come from the environment; it prints its port.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Kafka, logLevel } from "kafkajs";

const { BROKER = "", TOPIC = "", KAFKA_USER = "", KAFKA_PASSWORD = "" } = process.env;

const producer = new Kafka({
  brokers: [BROKER],
  ssl: true,
  sasl: { mechanism: "scram-sha-512", username: KAFKA_USER, password: KAFKA_PASSWORD },
  logLevel: logLevel.ERROR,
}).producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
await producer.connect();

const server = createServer(async (request, response) => {
  await producer.send({ topic: TOPIC, acks: -1, messages: [{ value: await text(request) }] });
  response.writeHead(202, { "content-type": "application/json" }).end('{"orderId":"","eventId":""}');
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(typeof address === "object" ? address?.port : address);
});
