import { type AttributeRule, nameProblem, ruleOf } from "./attributes.ts";

export const attributePrefix = "ce_";
export const contentTypeHeader = "content-type";

interface LastValue {
  bytes: readonly number[] | undefined;
  text: string;
}

/** The attribute that a header stands for. */
export interface HeaderAttribute {
  readonly name: string;
  readonly rule: AttributeRule | undefined;
  /** Why the header cannot stand for an attribute. */
  readonly problem: string | undefined;
  /** A bit of its own for each header of the specification's attributes, 0 for an extension. */
  readonly bit: number;
  /** The last value that was found right, where values are mostly the same. */
  readonly last: LastValue | undefined;
}

const specified = ["specversion", "id", "source", "type", "subject", "dataschema", "datacontenttype", "time"];

// What the records of a topic have in common is decoded and validated once, and then only compared.
const alike = new Set(["specversion", "source", "type", "dataschema", "datacontenttype"]);

// Both bound what is kept for as long as the process lives: names and values are up to who writes to the topic.
const maxKeptBytes = 256;
const maxKnownHeaders = 256;
const knownHeaders = new Map<string, HeaderAttribute>();

knownHeaders.set(contentTypeHeader, attributeOf("datacontenttype", 1));
specified.forEach((name, index) => {
  knownHeaders.set(attributePrefix + name, attributeOf(name, 2 << index));
});

/** The attribute that a `ce_` header, or `content-type`, stands for. */
export function headerAttribute(header: string): HeaderAttribute {
  const known = knownHeaders.get(header);
  if (known !== undefined) return known;
  const attribute = attributeOf(header.slice(attributePrefix.length), 0);
  if (knownHeaders.size < maxKnownHeaders && header.length <= maxKeptBytes) knownHeaders.set(header, attribute);
  return attribute;
}

/** The text of a value that is the same as the last one. */
export function lastText({ last }: HeaderAttribute, bytes: readonly number[]): string | undefined {
  const known = last?.bytes;
  if (known === undefined || known.length !== bytes.length) return undefined;
  // From the end, where values differ: types and sources of one origin begin alike.
  for (let index = bytes.length - 1; index >= 0; index--) if (known[index] !== bytes[index]) return undefined;
  return last?.text;
}

/** Keeps a value that was found right. */
export function keepText({ last }: HeaderAttribute, bytes: readonly number[], text: string): void {
  if (last === undefined || bytes.length > maxKeptBytes) return;
  last.bytes = bytes.slice();
  last.text = text;
}

function attributeOf(name: string, bit: number): HeaderAttribute {
  const last = alike.has(name) ? { bytes: undefined, text: "" } : undefined;
  return { name, rule: ruleOf(name), problem: nameProblem(name), bit, last };
}
