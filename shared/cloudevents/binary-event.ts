import type { CloudEventV1 } from "cloudevents";
import { requiredAttributes, ruleProblem, valueProblem } from "./attributes.ts";
import { isStructured } from "./content-mode.ts";
import {
  attributePrefix,
  contentTypeHeader,
  type HeaderAttribute,
  headerAttribute,
  keepText,
  lastText,
} from "./header-attributes.ts";
import { type HeaderBytes, printableAsciiOf, utf8Of } from "./header-text.ts";

/** What is known of a record while its headers are read one after the other. */
export interface Reading {
  readonly event: CloudEventV1<Buffer | undefined>;
  /** Bits of the headers that have been read. */
  seen: number;
  datacontenttype: string | undefined;
  /** The value of a `content-type` that says that the event is in the record's value. */
  structuredType: string | undefined;
  /** Made with the first problem: nearly all records have none. */
  problems: string[] | undefined;
}

const requiredHeaders = requiredAttributes.map((name) => attributePrefix + name);
const requiredBits = requiredHeaders.reduce((bits, header) => bits | headerAttribute(header).bit, 0);

export function startReading(): Reading {
  const event = { specversion: "", id: "", source: "", type: "" };
  return { event, seen: 0, datacontenttype: undefined, structuredType: undefined, problems: undefined };
}

/** Takes one header into the event if it stands for an attribute. */
export function readHeader(reading: Reading, header: string, bytes: HeaderBytes): void {
  if (!Array.isArray(bytes) && !Buffer.isBuffer(bytes)) {
    addProblem(reading, `header ${header} is not a list of bytes`);
    return;
  }
  if (!header.startsWith(attributePrefix) && header !== contentTypeHeader) return;
  const attribute = headerAttribute(header);
  const { name, bit } = attribute;
  const { event } = reading;
  if (bit === 0 ? Object.hasOwn(event, name) : (reading.seen & bit) !== 0) {
    addProblem(reading, `header ${header} appears more than once`);
    return;
  }
  reading.seen |= bit;
  const text = validTextOf(reading, header, attribute, bytes);
  if (text === undefined) return;
  if (name === "datacontenttype") {
    if ((reading.datacontenttype ?? text) !== text) {
      addProblem(reading, `headers ${contentTypeHeader} and ${attributePrefix}${name} contradict each other`);
      return;
    }
    reading.datacontenttype = text;
  }
  put(event, name, text);
}

/**
 * The one place where a property is added to an event. Events have hidden classes without number, which V8 forgets with
 * the last event that has one; a place that has seen many does not depend on any.
 */
export function put(event: Reading["event"], name: string, value: string | Buffer): void {
  event[name] = value;
}

/** Everything that is wrong with the headers; undefined if nothing is. */
export function problemsOf({ seen, problems }: Reading): string[] | undefined {
  if ((seen & requiredBits) === requiredBits) return problems;
  const missing = requiredHeaders
    .filter((header) => (seen & headerAttribute(header).bit) === 0)
    .map((header) => `header ${header} is missing`);
  return [...(problems ?? []), ...missing];
}

/** Undefined for a value that is wrong, which becomes a problem, and for the content type of a structured record. */
function validTextOf(
  reading: Reading,
  header: string,
  attribute: HeaderAttribute,
  bytes: HeaderBytes,
): string | undefined {
  const signed = bytes instanceof Uint8Array ? undefined : bytes;
  const last = signed && lastText(attribute, signed);
  if (last !== undefined) return last;
  const ascii = signed && printableAsciiOf(signed);
  const text = ascii ?? utf8Of(bytes);
  if (text === undefined) {
    addProblem(reading, `header ${header} is not UTF-8`);
    return undefined;
  }
  if (header === contentTypeHeader && isStructured(text)) {
    reading.structuredType = text;
    return undefined;
  }
  const { name, rule } = attribute;
  const problem =
    attribute.problem ?? (ascii === undefined ? valueProblem(name, text) : ruleProblem(name, rule, ascii));
  if (problem !== undefined) {
    addProblem(reading, problem);
    return undefined;
  }
  if (signed !== undefined) keepText(attribute, signed, text);
  return text;
}

function addProblem(reading: Reading, problem: string): void {
  reading.problems ??= [];
  reading.problems.push(problem);
}
