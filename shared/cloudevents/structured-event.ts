import { isUtf8 } from "node:buffer";
import type { CloudEventV1 } from "cloudevents";
import type { SourceRecord } from "../msk-event/index.ts";
import { nameProblem, requiredAttributes, ruleOf, valueProblem } from "./attributes.ts";
import { requireJsonFormat } from "./content-mode.ts";
import { attributePrefix } from "./header-attributes.ts";
import { utf8Of } from "./header-text.ts";
import { membersOf } from "./json-members.ts";
import { malformed } from "./malformed.ts";
import { structuredData } from "./structured-data.ts";
import { isInteger, kindOf } from "./value-kinds.ts";

const what = "not a CloudEvent in structured mode";

type Envelope = Readonly<Record<string, unknown>>;
type Event = CloudEventV1<Buffer | undefined>;

/**
 * The event in the value of a structured record.
 *
 * @param contentType its `content-type` header
 * @param headerProblems what is wrong with its headers
 * @throws BackboneError MALFORMED_EVENT, BATCH_MODE_UNSUPPORTED, EVENT_FORMAT_UNSUPPORTED
 */
export function structuredEvent(
  record: SourceRecord,
  contentType: string,
  headerProblems: readonly string[] = [],
): Event {
  requireJsonFormat(contentType);
  if (record.value === null) throw malformed(what, ["the record has no value"]);
  const value = withoutByteOrderMark(record.value);
  const envelope = parsedEnvelope(value);
  const members = membersOf(value);
  if (members === undefined) throw malformed(what, ["a member of the JSON object appears more than once"]);

  const problems = [...headerProblems];
  const event = readAttributes(envelope, problems);
  const { datacontenttype, bytes } = structuredData(
    event.datacontenttype,
    envelope,
    value,
    members.get("data"),
    problems,
  );
  if (datacontenttype !== undefined) event.datacontenttype = datacontenttype;
  if (bytes !== undefined) event.data = bytes;
  findContradictions(record, event, problems);
  if (problems.length > 0) throw malformed(what, problems);
  return event;
}

const byteOrderMark = Buffer.from("\ufeff");

/** Some encoders put one before the JSON, which a reader may ignore: https://www.rfc-editor.org/rfc/rfc8259#section-8.1 */
function withoutByteOrderMark(value: Buffer): Buffer {
  const { length } = byteOrderMark;
  return value.subarray(0, length).equals(byteOrderMark) ? value.subarray(length) : value;
}

function parsedEnvelope(value: Buffer): Envelope {
  if (!isUtf8(value)) throw malformed(what, ["the value is not UTF-8"]);
  let envelope: unknown;
  try {
    envelope = JSON.parse(value.toString("utf8"));
  } catch {
    // Not kept as the cause: its message quotes the value.
    throw malformed(what, ["the value is not JSON"]);
  }
  if (isObject(envelope)) return envelope;
  throw malformed(what, ["the value must be a JSON object"]);
}

function isObject(value: unknown): value is Envelope {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readAttributes(envelope: Envelope, problems: string[]): Event {
  const event: Event = { specversion: "", id: "", source: "", type: "" };
  for (const [name, value] of Object.entries(envelope)) {
    // A null attribute is an absent one.
    if (value === null || name === "data" || name === "data_base64") continue;
    const problem = nameProblem(name) ?? memberProblem(name, value);
    if (problem !== undefined) problems.push(problem);
    else event[name] = value;
  }
  for (const name of requiredAttributes) {
    if (envelope[name] === undefined || envelope[name] === null) problems.push(`member ${name} is missing`);
  }
  return event;
}

function memberProblem(name: string, value: unknown): string | undefined {
  if (typeof value === "string") return valueProblem(name, value);
  if (ruleOf(name) !== undefined) return `${name} must be a text, got ${kindOf(value)}`;
  if (typeof value === "boolean" || isInteger(value)) return undefined;
  return `${name} must be a text, a boolean or a whole number of 32 bits, got ${kindOf(value)}`;
}

/** Headers of binary mode may stand beside a structured event as copies of its attributes. */
function findContradictions(record: SourceRecord, event: Event, problems: string[]): void {
  for (const [header, bytes] of record.headers) {
    if (!header.startsWith(attributePrefix)) continue;
    const name = header.slice(attributePrefix.length);
    const value = Object.hasOwn(event, name) && name !== "data" ? event[name] : undefined;
    if (value === undefined || utf8Of(bytes) !== String(value)) {
      problems.push(`header ${header} contradicts the event in the value`);
    }
  }
}
