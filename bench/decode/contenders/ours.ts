import { cloudEvents } from "../../../shared/middleware/index.ts";
import { type BatchRequest, batchOf } from "../../../shared/processing/index.ts";
import { avro, createDeserializer } from "../../../shared/schema-registry/index.ts";
import { type OrderCreated, orderCreatedSchema, orderCreatedType } from "../../../shared/schemas/index.ts";
import type { Contender } from "../contender.ts";
import { schemaText } from "../written-schema.ts";

const { before } = cloudEvents({
  deserializer: createDeserializer({
    registry: { schemaById: async () => ({ schemaType: "AVRO", schema: schemaText }) },
    readers: { [orderCreatedType]: avro(orderCreatedSchema) },
  }),
});

/**
 * What a consumer runs: the middleware itself. Every header and attribute is validated, the schema id is read, the
 * writer's schema is resolved to the reader's, the raw record is kept for a dead letter.
 */
export const ours: Contender = {
  name: "ours",
  async decode(event, sink) {
    const request: BatchRequest = { event, internal: {} };
    await before(request);
    for (const record of batchOf(request).records ?? []) {
      if (record.status === "failed") throw record.error;
      const order = record.event.data as OrderCreated;
      sink.addEvent(record.event, order, order.createdAt.getTime());
    }
  },
};
