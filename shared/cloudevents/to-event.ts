import { isUtf8 } from "node:buffer";
import type { CloudEventV1 } from "cloudevents";
import { BackboneError } from "../errors.ts";
import type { SourceRecord } from "../msk-event/index.ts";
import { attributeProblem, requiredAttributes } from "./attributes.ts";

const prefix = "ce_";

/**
 * The CloudEvent that a record carries in binary mode: `ce_*` headers are its attributes, the `content-type` header is
 * its datacontenttype, the value is its data (null value: no data). Other headers are left alone.
 *
 * Attributes stay the texts that they came as; `time` is not rewritten. A `ce_datacontenttype` header, which the
 * binding does not know but some producers write, is read where `content-type` is missing.
 *
 * @throws BackboneError MALFORMED_EVENT that names every missing or wrong attribute; so does a record in structured
 *   mode, which this version does not read, and a batch, which Kafka does not know
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md#32-binary-content-mode
 */
export function toEvent(record: SourceRecord): CloudEventV1<Buffer | undefined> {
  const event: CloudEventV1<Buffer | undefined> = { specversion: "", id: "", source: "", type: "" };
  const problems: string[] = [];
  const seen = new Set<string>();
  let contentType: string | undefined;
  for (const [header, bytes] of record.headers) {
    if (header === "content-type") {
      contentType = textOf(header, bytes, problems);
    } else if (header.startsWith(prefix)) {
      const name = header.slice(prefix.length);
      if (seen.has(name)) problems.push(`header ${header} appears more than once`);
      seen.add(name);
      read(event, name, textOf(header, bytes, problems), problems);
    }
  }
  if (contentType !== undefined) {
    refuseOtherModes(contentType);
    read(event, "datacontenttype", contentType, problems);
  }
  for (const name of requiredAttributes) if (!seen.has(name)) problems.push(`header ${prefix}${name} is missing`);
  if (problems.length > 0) {
    throw new BackboneError("MALFORMED_EVENT", `not a CloudEvent in binary mode: ${problems.join("; ")}`);
  }
  if (record.value !== null) event.data = record.value;
  return event;
}

function read(event: CloudEventV1<Buffer | undefined>, name: string, value: string, problems: string[]): void {
  const problem = attributeProblem(name, value);
  if (problem === undefined) event[name] = value;
  else problems.push(problem);
}

function textOf(header: string, bytes: Buffer, problems: string[]): string {
  const text = bytes.toString("utf8");
  // Only a text with a replacement character can have been broken UTF-8, so the scan is for those alone.
  if (text.includes("\ufffd") && !isUtf8(bytes)) problems.push(`header ${header} is not UTF-8`);
  return text;
}

function refuseOtherModes(contentType: string): void {
  const mediaType = contentType.trimStart().toLowerCase();
  if (!mediaType.startsWith("application/cloudevents")) return;
  const mode = mediaType.startsWith("application/cloudevents-batch") ? "batch" : "structured";
  throw new BackboneError("MALFORMED_EVENT", `the record is in ${mode} mode; only binary mode is read`);
}
