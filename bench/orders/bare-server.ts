// The floor of POST /orders: an HTTP server that does nothing but the kafkajs send of the order-service. Its brokers,
// topic, user and password come from the environment; it prints its port.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Kafka, logLevel } from "kafkajs";
import { listenHere } from "../../local/parts/ports.ts";

const { BROKER = "", TOPIC = "", KAFKA_USER = "", KAFKA_PASSWORD = "" } = process.env;

const producer = new Kafka({
  brokers: [BROKER],
  ssl: true,
  sasl: { mechanism: "scram-sha-512", username: KAFKA_USER, password: KAFKA_PASSWORD },
  logLevel: logLevel.ERROR,
}).producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
await producer.connect();

// As many headers as an OrderCreated event has, and about as long.
const headers = {
  ce_specversion: "1.0",
  ce_id: "5f0c7f0e-5f5c-5d43-9f0a-6a8d1d8c2b11",
  ce_source: "/order-service",
  ce_type: "com.example.orders.OrderCreated.v1",
  ce_time: "2026-03-26T09:15:00.000Z",
  "content-type": "application/avro",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

const server = createServer(async (request, response) => {
  const value = await text(request);
  await producer.send({ topic: TOPIC, acks: -1, messages: [{ key: randomUUID(), value, headers }] });
  response.writeHead(202, { "content-type": "application/json" }).end('{"orderId":"","eventId":""}');
});
console.log(await listenHere(server));
