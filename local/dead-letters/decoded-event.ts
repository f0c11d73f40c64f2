import type { CloudEventV1 } from "cloudevents";
import { toEvent } from "../../shared/cloudevents/index.ts";
import { schemaText } from "../../shared/dead-letter/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import type { SchemaMetadata, SourceRecord } from "../../shared/msk-event/index.ts";
import {
  createDeserializer,
  readSchemaId,
  type SchemaRegistry,
  writerFormat,
} from "../../shared/schema-registry/index.ts";

/** An event as far as it can be read. */
export interface DecodedEvent {
  /** Undefined where the record is no CloudEvent. */
  readonly attributes: Readonly<Record<string, unknown>> | undefined;
  readonly data: unknown;
  /** Why attributes or data are not there. */
  readonly problem: string | undefined;
}

/**
 * Decodes a record as whoever wrote it meant it: with the writer's own schema, not with that of a consumer, whose view
 * may be why it failed. Never fails.
 */
export async function decodeEvent(record: SourceRecord, registry: SchemaRegistry | undefined): Promise<DecodedEvent> {
  let event: CloudEventV1<Buffer | undefined>;
  try {
    event = toEvent(record);
  } catch (error) {
    return { attributes: undefined, data: undefined, problem: textOf(error) };
  }
  const { data, ...attributes } = event;
  if (data === undefined) return { attributes, data: undefined, problem: undefined };
  try {
    return { attributes, data: await decodeData(event.type, data, record, registry), problem: undefined };
  } catch (error) {
    return { attributes, data: undefined, problem: textOf(error) };
  }
}

async function decodeData(
  type: string,
  data: Buffer,
  { valueSchema }: SourceRecord,
  registry: SchemaRegistry | undefined,
): Promise<unknown> {
  if (valueSchema !== undefined) return jsonOfMapping(data, valueSchema);
  // A value in wire format begins with a byte 0, which no JSON text does.
  if (data[0] !== 0) return JSON.parse(data.toString("utf8"));
  if (registry === undefined) {
    throw new BackboneError("INVALID_OPTIONS", "it takes the schema registry to decode the data: --registry URL");
  }
  const format = await writerFormat(await registry.schemaById(readSchemaId(data)), data);
  return createDeserializer({ registry, readers: { [type]: format } }).deserialize(type, data);
}

/** What the mapping has deserialized is in no wire format: it is JSON, or bytes whose first ones would be a chance id. */
function jsonOfMapping(data: Buffer, schema: SchemaMetadata): unknown {
  try {
    return JSON.parse(data.toString("utf8"));
  } catch {
    const text = `deserialized by the mapping, schema ${schemaText(schema)}, format not known`;
    throw new BackboneError("MALFORMED_PAYLOAD", text);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
