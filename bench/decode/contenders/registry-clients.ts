import { AvroDeserializer, MockClient, SerdeType } from "@confluentinc/schemaregistry";
import { SchemaRegistry, SchemaType } from "@kafkajs/confluent-schema-registry";
import type { MskEvent } from "../../../shared/msk-event/index.ts";
import type { Contender, Sink } from "../contender.ts";
import { schemaId, schemaText, type WrittenOrder, writerAvroType } from "../written-schema.ts";
import { headerTexts } from "./loops.ts";

const topic = "order-events";

/** Confluent's deserializer on its own registry client that works in memory. */
export async function confluent(): Promise<Contender> {
  const client = new MockClient();
  await client.register(`${topic}-value`, { schema: schemaText, schemaType: "AVRO" });
  const deserializer = new AvroDeserializer(client, SerdeType.VALUE, {});
  return reading("@confluentinc/schemaregistry + headers", (value) => deserializer.deserialize(topic, value));
}

/** The community's client, its cache filled as its first request would fill it. */
export function kafkajsRegistry(): Contender {
  const registry = new SchemaRegistry({ host: "http://registry.invalid" });
  registry.cache.setSchema(schemaId, SchemaType.AVRO, writerAvroType);
  return reading("@kafkajs/confluent-schema-registry + headers", (value) => registry.decode(value));
}

/** All values of a batch at once, as the asynchronous interface invites to. */
function reading(name: string, decode: (value: Buffer) => Promise<WrittenOrder>): Contender {
  return {
    name,
    async decode(event: MskEvent, sink: Sink) {
      const records = Object.values(event.records).flat();
      const orders = await Promise.all(records.map(({ value }) => decode(Buffer.from(value ?? "", "base64"))));
      records.forEach(({ headers }, index) => {
        const order = orders[index];
        if (order !== undefined) sink.addHeaders(headerTexts(headers), order, order.createdAt);
      });
    },
  };
}
