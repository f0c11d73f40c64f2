import {
  createDeserializer,
  createSerializer,
  type DeserializerOptions,
  type SchemaFormat,
  type ValueSchema,
  type WrittenSchema,
} from "../../../shared/schema-registry/index.ts";

/** Reads values as `reader`, which were written as `writer`, under id 42; what is thrown at once is rejected too. */
export function reading(
  reader: SchemaFormat,
  writer: WrittenSchema = reader,
  eventRecordFormat?: NonNullable<DeserializerOptions["eventRecordFormat"]>,
) {
  const { deserialize } = createDeserializer({
    registry: { schemaById: async () => writer },
    readers: { event: reader },
    ...(eventRecordFormat && { eventRecordFormat }),
  });
  return async (value: Buffer, valueSchema?: ValueSchema) => deserialize("event", value, valueSchema);
}

/** The value in wire format, with schema id 42. */
export function written(format: SchemaFormat, data: unknown): Promise<Buffer> {
  const registry = { idOf: async () => 42 };
  return createSerializer({ registry, topic: "events", writers: { event: format } }).serialize("event", data);
}

/** A value in wire format with schema id 42 and this body. */
export function framed(body: readonly number[] | Buffer | string): Buffer {
  return Buffer.concat([
    Buffer.from([0, 0, 0, 0, 42]),
    typeof body === "string" ? Buffer.from(body) : Buffer.from(body),
  ]);
}
