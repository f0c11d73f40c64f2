import type { CloudEventV1 } from "cloudevents";
import { isJson } from "./media-type.ts";
import { bytesOf, bytesOfBase64 } from "./value-kinds.ts";

/** The data of an event: bytes as they are, or a text that is JSON or is not. */
export type OutgoingData =
  | { readonly kind: "none" }
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "json" | "text"; readonly text: string };

const none: OutgoingData = { kind: "none" };

/**
 * Undefined or null data are none. Bytes stay as they are. Of other values, those under a JSON datacontenttype, or without
 * one, become JSON (a text too: it is a JSON string), and a text under another datacontenttype stays a text.
 *
 * @param problems what is wrong is added to it
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#311-payload-serialization
 */
export function outgoingData(event: CloudEventV1<unknown>, problems: string[]): OutgoingData {
  const { data, data_base64: base64, datacontenttype } = event;
  const bytes = bytesOf(data);
  if (base64 !== undefined && base64 !== null) return encodedData(data, bytes, base64, problems);
  if (data === undefined || data === null) return none;
  if (bytes !== undefined) return { kind: "bytes", bytes };
  if (isJson(typeof datacontenttype === "string" ? datacontenttype : undefined)) return jsonData(data, problems);
  if (typeof data === "string" && data.isWellFormed()) return { kind: "text", text: data };
  problems.push("data of a datacontenttype that is not JSON must be bytes or a well-formed text");
  return none;
}

/** `CloudEvent` of the cloudevents package has bytes in both places; anybody else has them in one. */
function encodedData(data: unknown, bytes: Buffer | undefined, base64: unknown, problems: string[]): OutgoingData {
  const decoded = bytesOfBase64(base64);
  if (decoded === undefined) problems.push("data_base64 must be a text in base64");
  else if (data === undefined || data === null || bytes?.equals(decoded)) return { kind: "bytes", bytes: decoded };
  else problems.push("data and data_base64 exclude each other, unless they are the same bytes");
  return none;
}

function jsonData(data: unknown, problems: string[]): OutgoingData {
  try {
    const text: string | undefined = JSON.stringify(data);
    if (text !== undefined) return { kind: "json", text };
  } catch {
    // Not kept as the cause: its message may name members of the data.
  }
  problems.push("data cannot be written as JSON");
  return none;
}
