import * as v from "valibot";
import { BackboneError } from "../../shared/errors.ts";
import type { MskRecord } from "../../shared/msk-event/index.ts";
import { compileFilter, parsePattern } from "../streams/event-filter.ts";

const patternSchema = v.strictObject({
  value: v.union([v.array(v.unknown()), v.looseObject({})], "must be an object or a list"),
});

/**
 * Whether the function gets a record: one of the patterns has to hold for its value. As with Lambda, a pattern says
 * nothing of a value of another format than its own, which gets through: bytes that are no text, text for a pattern of
 * JSON, JSON for one of text.
 *
 * @param patterns each JSON; none lets every record through
 * @throws BackboneError TEMPLATE_UNSUPPORTED for what is no JSON, comparisons, see `compileFilter`, and fields other than `value`
 * @see https://docs.aws.amazon.com/lambda/latest/dg/kafka-filtering.html
 */
export function compileRecordFilter(patterns: readonly string[]): (record: MskRecord) => boolean {
  const filters = patterns.map((pattern) => {
    const parsed = v.safeParse(patternSchema, parsePattern(pattern));
    if (!parsed.success)
      throw new BackboneError("TEMPLATE_UNSUPPORTED", `filter ${pattern}: ${v.summarize(parsed.issues)}`);
    const { value } = parsed.output;
    return { isOfText: Array.isArray(value), matches: compileFilter(JSON.stringify({ value })) };
  });
  return (record) => {
    if (filters.length === 0) return true;
    const value = readValue(record);
    return filters.some(
      ({ isOfText, matches }) => value === undefined || isOfText !== (typeof value === "string") || matches({ value }),
    );
  };
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Text, the object that it is the JSON of, or undefined for what is no text. */
function readValue({ value }: MskRecord): string | object | undefined {
  if (value === undefined || value === null) return undefined;
  let text: string;
  try {
    text = utf8.decode(Buffer.from(value, "base64"));
  } catch {
    return undefined;
  }
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === "object" && data !== null ? data : text;
  } catch {
    return text;
  }
}
