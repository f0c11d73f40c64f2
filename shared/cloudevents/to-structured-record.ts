import { isUtf8 } from "node:buffer";
import type { CloudEventV1 } from "cloudevents";
import type { OutgoingRecord } from "../kafka/index.ts";
import type { RecordHeaders } from "../msk-event/index.ts";
import { jsonFormat } from "./content-mode.ts";
import { contentTypeHeader } from "./header-attributes.ts";
import { isSpace } from "./json-members.ts";
import { isJson } from "./media-type.ts";
import type { AttributeValue } from "./outgoing-attributes.ts";
import type { OutgoingData } from "./outgoing-data.ts";
import { outgoingEvent } from "./outgoing-event.ts";
import { keyBytes, type RecordKey } from "./record-key.ts";

const contentType = `${jsonFormat}; charset=UTF-8`;

/**
 * The record that carries an event in structured mode, in the JSON format: attributes and data in the value. An event
 * without data has a value too, so that it is never a tombstone.
 *
 * It takes the events that `toBinaryRecord` takes. Bytes under a JSON datacontenttype that are JSON stand in the `data`
 * member to the letter, other bytes as `data_base64`; booleans and whole numbers stay what they are.
 *
 * @param key `partitionKey` takes it from the event's `partitionkey`. @default null, no key
 * @param foreignHeaders appended as they are, e.g. those of the record that the event came in. @default none
 * @throws BackboneError MALFORMED_EVENT that names every missing or wrong attribute, data that cannot be written, and
 *   `ce_` and `content-type` headers among the foreign ones
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md#33-structured-content-mode
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export function toStructuredRecord(
  event: CloudEventV1<unknown>,
  key: RecordKey = null,
  foreignHeaders: RecordHeaders = [],
): OutgoingRecord {
  const { attributes, data } = outgoingEvent(event, foreignHeaders);
  return {
    key: keyBytes(event, key),
    value: envelopeOf(attributes, data),
    headers: [[contentTypeHeader, Buffer.from(contentType)], ...foreignHeaders],
  };
}

function envelopeOf(attributes: ReadonlyMap<string, AttributeValue>, data: OutgoingData): Buffer {
  // There is at least the specversion, so that a comma may follow.
  const opened = JSON.stringify(Object.fromEntries(attributes)).slice(0, -1);
  switch (data.kind) {
    case "none":
      return Buffer.from(`${opened}}`);
    case "json":
      return Buffer.from(`${opened},"data":${data.text}}`);
    case "text":
      return Buffer.from(`${opened},"data":${JSON.stringify(data.text)}}`);
    case "bytes":
      return canStandAsJson(attributes.get("datacontenttype"), data.bytes)
        ? Buffer.concat([Buffer.from(`${opened},"data":`), data.bytes, Buffer.from("}")])
        : Buffer.from(`${opened},"data_base64":"${data.bytes.toString("base64")}"}`);
  }
}

/** Space around a JSON value would be lost in the reading, and bytes without a type might not be meant as JSON. */
function canStandAsJson(datacontenttype: AttributeValue | undefined, bytes: Buffer): boolean {
  if (typeof datacontenttype !== "string" || !isJson(datacontenttype)) return false;
  if (isSpace(bytes[0]) || isSpace(bytes.at(-1)) || !isUtf8(bytes)) return false;
  try {
    JSON.parse(bytes.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}
