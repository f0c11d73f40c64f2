import type { CloudEventV1 } from "cloudevents";
import type { OutgoingRecord } from "../kafka/index.ts";
import type { RecordHeaders } from "../msk-event/index.ts";
import { cloudEventsType, isStructured } from "./content-mode.ts";
import { attributePrefix, contentTypeHeader } from "./header-attributes.ts";
import { malformed } from "./malformed.ts";
import type { OutgoingData } from "./outgoing-data.ts";
import { outgoingEvent } from "./outgoing-event.ts";
import { keyBytes, type RecordKey } from "./record-key.ts";

/**
 * The record that carries an event in binary mode: attributes as `ce_*` headers, datacontenttype as `content-type`, the
 * data as value. No data (undefined or null) is a null value, in a compacted topic a tombstone.
 *
 * Data may be bytes (Buffer, typed array, ArrayBuffer, or `data_base64`), which are taken as they are; any value under a
 * JSON datacontenttype or none, written as JSON with `application/json` as its type; or a text under another
 * datacontenttype, written as UTF-8. Empty bytes without a datacontenttype, which readers would take for no data, are
 * said to be `application/octet-stream`. Attributes may be texts, booleans, whole numbers of 32 bits, Dates and bytes; headers
 * know texts alone, so that is what the reader gets. `CloudEvent` of the cloudevents package is such an event.
 *
 * @param key `partitionKey` takes it from the event's `partitionkey`. @default null, no key
 * @param foreignHeaders appended as they are, e.g. those of the record that the event came in. @default none
 * @throws BackboneError MALFORMED_EVENT that names every missing or wrong attribute, data that cannot be written, and
 *   `ce_` and `content-type` headers among the foreign ones; for a datacontenttype of CloudEvents' own, which as
 *   `content-type` says that the event is in structured or batch mode
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md#32-binary-content-mode
 */
export function toBinaryRecord(
  event: CloudEventV1<unknown>,
  key: RecordKey = null,
  foreignHeaders: RecordHeaders = [],
): OutgoingRecord {
  const { attributes, data } = outgoingEvent(event, foreignHeaders);
  const named = attributes.get("datacontenttype");
  if (named !== undefined && isStructured(String(named))) {
    throw malformed("not a CloudEvent for binary mode", [
      `datacontenttype must not begin with ${cloudEventsType}, which readers take for structured or batch mode`,
    ]);
  }
  const type = typeToName(data);
  if (type !== undefined && named === undefined) attributes.set("datacontenttype", type);
  const headers = [...attributes].map(([name, value]) => [headerOf(name), Buffer.from(String(value))] as const);
  return { key: keyBytes(event, key), value: recordValue(data), headers: [...headers, ...foreignHeaders] };
}

/** Without a type, readers would not know that it is JSON, or that an empty value is data. */
function typeToName(data: OutgoingData): string | undefined {
  if (data.kind === "json") return "application/json";
  return data.kind === "bytes" && data.bytes.length === 0 ? "application/octet-stream" : undefined;
}

function headerOf(name: string): string {
  return name === "datacontenttype" ? contentTypeHeader : attributePrefix + name;
}

function recordValue(data: OutgoingData): Buffer | null {
  switch (data.kind) {
    case "none":
      return null;
    case "bytes":
      return data.bytes;
    case "json":
    case "text":
      return Buffer.from(data.text);
  }
}
