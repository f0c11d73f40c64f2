import type { RecordHeaders, SourceRecord } from "../msk-event/index.ts";
import { attributePrefix, contentTypeHeader } from "./header-attributes.ts";

/**
 * The headers of a record that are no part of its event, in their order, names may repeat: what `toEvent` leaves with the
 * record. Handed to `toBinaryRecord` or `toStructuredRecord`, with the record's key, they make the round trip lossless.
 */
export function foreignHeadersOf(record: SourceRecord): RecordHeaders {
  return record.headers.filter(([name]) => isForeign(name));
}

/** Whether a header of that name is no part of an event. */
export function isForeign(name: string): boolean {
  return !name.startsWith(attributePrefix) && name !== contentTypeHeader;
}
