import type { Span } from "./json-members.ts";
import { isJson } from "./media-type.ts";
import { bytesOfBase64 } from "./value-kinds.ts";

export interface StructuredData {
  /** Absent if the event has no data. */
  readonly bytes?: Buffer;
  /** The type that JSON data without one are taken for. */
  readonly datacontenttype?: string;
}

const noData: StructuredData = {};

/**
 * The data of an event in the JSON format as bytes: those of `data_base64`, those that the `data` member stands in if the
 * datacontenttype says JSON, and its text in UTF-8 if not. A `data` member of null is no data, unless the datacontenttype
 * says JSON, or nothing: then it is the JSON value.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#312-payload-deserialization
 */
export function structuredData(
  datacontenttype: string | undefined,
  { data, data_base64: base64 }: Readonly<Record<string, unknown>>,
  value: Buffer,
  dataSpan: Span | undefined,
  problems: string[],
): StructuredData {
  if (base64 !== undefined && base64 !== null) {
    if (dataSpan !== undefined) problems.push("data and data_base64 exclude each other");
    const bytes = bytesOfBase64(base64);
    if (bytes !== undefined) return { bytes };
    problems.push("data_base64 must be a text in base64");
    return noData;
  }
  if (dataSpan === undefined) return noData;
  if (isJson(datacontenttype)) {
    const bytes = value.subarray(dataSpan.start, dataSpan.end);
    return datacontenttype === undefined ? { bytes, datacontenttype: "application/json" } : { bytes };
  }
  // The format's way to say that there is none; as JSON, null is a value like any other.
  if (data === null) return noData;
  if (typeof data === "string" && data.isWellFormed()) return { bytes: Buffer.from(data) };
  problems.push("data of a datacontenttype that is not JSON must be a well-formed text");
  return noData;
}
