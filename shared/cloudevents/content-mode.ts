import { BackboneError } from "../errors.ts";
import { headerOf, type SourceRecord } from "../msk-event/index.ts";
import { requiredAttributes } from "./attributes.ts";
import { attributePrefix, contentTypeHeader } from "./header-attributes.ts";
import { essenceOf } from "./media-type.ts";

/** What the media type of every event format begins with, compared without regard to case. */
export const cloudEventsType = "application/cloudevents";
export const jsonFormat = `${cloudEventsType}+json`;
const batchType = `${cloudEventsType}-batch`;

/** Whether a `content-type` header says that the whole event is in the value. */
export function isStructured(contentType: string): boolean {
  const [first] = contentType;
  // Nearly all other types are told apart by their first letter already.
  return (first === "a" || first === "A" || first === " ") && essenceOf(contentType).startsWith(cloudEventsType);
}

/**
 * Refuses what a structured record cannot be read as.
 *
 * @throws BackboneError BATCH_MODE_UNSUPPORTED, EVENT_FORMAT_UNSUPPORTED
 */
export function requireJsonFormat(contentType: string): void {
  const essence = essenceOf(contentType);
  if (essence === jsonFormat) return;
  if (essence.startsWith(batchType)) {
    throw new BackboneError(
      "BATCH_MODE_UNSUPPORTED",
      "the record is in batch mode, must be in binary or structured mode",
    );
  }
  const shown = JSON.stringify(essence.slice(0, 80));
  throw new BackboneError("EVENT_FORMAT_UNSUPPORTED", `the record's event format is ${shown}, must be ${jsonFormat}`);
}

/**
 * Whether a record presents itself as a CloudEvent: its `content-type` is of CloudEvents' own media types, or all
 * required attributes are among its headers. Nothing is validated; `toEvent` says whether the event is right, and refuses
 * batches and formats other than JSON.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md#3-kafka-message-mapping
 */
export function isEvent(record: SourceRecord): boolean {
  const contentType = headerOf(record, contentTypeHeader);
  if (contentType !== undefined && isStructured(contentType.toString("utf8"))) return true;
  return requiredAttributes.every((name) => headerOf(record, `${attributePrefix}${name}`) !== undefined);
}
