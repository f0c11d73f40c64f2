import type { CloudEventV1 } from "cloudevents";
import { MskSourceRecord, type SourceRecord } from "../msk-event/index.ts";
import { problemsOf, put, type Reading, readHeader, startReading } from "./binary-event.ts";
import { malformed } from "./malformed.ts";
import { structuredEvent } from "./structured-event.ts";

const noBytes: readonly number[] = [];

/**
 * The CloudEvent that a record carries, in binary mode or in structured mode with the JSON format. It reads the same
 * whichever mode it came in.
 *
 * Attributes stay the texts that they came as; `time` is not rewritten. In the JSON format, extensions may also be
 * booleans and whole numbers of 32 bits, and a null attribute is an absent one. `data` are bytes that share the record's
 * memory, encoded as `datacontenttype` says; absent where the record has none, as a null value and an empty one of no type
 * say in binary mode. JSON in the `data` member keeps its bytes to the letter; without a datacontenttype it becomes
 * `application/json`, which the format takes it for. A byte order mark before the JSON is ignored.
 *
 * In binary mode the `content-type` header is the datacontenttype; a `ce_datacontenttype` header, which the binding does
 * not know but some producers write, is read where `content-type` is missing and must agree with it otherwise. In
 * structured mode `ce_` headers must say what the event says. Other headers are left alone: they stay with the record
 * (`foreignHeadersOf`), as does its key.
 *
 * @throws BackboneError MALFORMED_EVENT that names every missing, wrong, repeated or contradicting attribute;
 *   BATCH_MODE_UNSUPPORTED; EVENT_FORMAT_UNSUPPORTED for a structured record in another format than JSON
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export function toEvent(record: SourceRecord): CloudEventV1<Buffer | undefined> {
  const reading = startReading();
  if (record instanceof MskSourceRecord) {
    for (const header of record.signedHeaders) {
      for (const name in header) readHeader(reading, name, header[name] ?? noBytes);
    }
  } else {
    for (const [name, bytes] of record.headers) readHeader(reading, name, bytes);
  }
  if (reading.structuredType !== undefined) return structuredEvent(record, reading.structuredType, reading.problems);
  const problems = problemsOf(reading);
  if (problems !== undefined) throw malformed("not a CloudEvent in binary mode", problems);
  if (record.value !== null && isData(record.value, record, reading)) put(reading.event, "data", record.value);
  return reading.event;
}

/**
 * An empty value that nothing calls data is none: bindings that write no null value, as that of Python's package, mean
 * that. Of what the mapping has deserialized the head of the wire format is gone, and nothing may be left.
 */
function isData(value: Buffer, { valueSchema }: SourceRecord, { datacontenttype }: Reading): boolean {
  return value.length > 0 || datacontenttype !== undefined || valueSchema !== undefined;
}
