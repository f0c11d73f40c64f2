import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamoDbSettings } from "../../../local/provision.ts";
import { createProducer } from "../../../shared/kafka/index.ts";
import { createOutboxRelay } from "../../../shared/outbox/index.ts";

// Sweeps an outbox, and stops at its first deletion: it says so, and waits to be killed between acknowledgement and deletion.
const [, , broker = "", dynamoDbPort = "", table = ""] = process.argv;
const { SCRAM_USERNAME: username = "", SCRAM_PASSWORD: password = "" } = process.env;
// Standard output is for the one line.
const logger = { info: () => {}, warn: () => {}, error: () => {} };
const client = new DynamoDBClient(dynamoDbSettings(Number(dynamoDbPort)));
client.middlewareStack.add(
  (next) => (request) => {
    if (!("RequestItems" in request.input)) return next(request);
    process.stdout.write("acknowledged\n");
    return new Promise(() => {});
  },
  { step: "initialize", name: "stopAtDeletion" },
);
const relay = createOutboxRelay({
  client,
  table,
  producer: createProducer({ brokers: [broker], auth: { mechanism: "scram-sha-512", username, password }, logger }),
  logger,
});
await relay.sweep({ olderThanMs: 0, deadline: new Date(Date.now() + 60_000) });
