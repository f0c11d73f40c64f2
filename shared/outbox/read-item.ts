import * as v from "valibot";
import { BackboneError } from "../errors.ts";
import type { OutboxItem } from "./item.ts";

const bytes = v.pipe(
  v.instance(Uint8Array),
  v.transform((value) => Buffer.from(value.buffer, value.byteOffset, value.length)),
);

// Strict: what this version does not know, it would leave out of what it sends.
const itemSchema = v.strictObject({
  groupKey: v.string(),
  sourcePosition: v.string(),
  writtenAt: v.number(),
  records: v.pipe(
    v.array(
      v.strictObject({
        topic: v.pipe(v.string(), v.nonEmpty()),
        key: v.nullable(bytes),
        value: v.nullable(bytes),
        headers: v.array(v.strictTuple([v.string(), bytes])),
      }),
    ),
    v.minLength(1),
  ),
});

/**
 * Reads an item of the outbox, in plain JavaScript values.
 *
 * @throws BackboneError MALFORMED_OUTBOX_ITEM that names what is wrong, and no value
 */
export function readOutboxItem(item: unknown): OutboxItem {
  const parsed = v.safeParse(itemSchema, item);
  if (!parsed.success) {
    const paths = new Set(parsed.issues.map((issue) => v.getDotPath(issue) ?? "item"));
    throw new BackboneError("MALFORMED_OUTBOX_ITEM", `wrong or unknown in an item: ${[...paths].join(", ")}`);
  }
  const { groupKey, sourcePosition, writtenAt, records } = parsed.output;
  return {
    groupKey,
    sourcePosition,
    writtenAt: new Date(writtenAt),
    records: records.map(({ topic, ...record }) => ({ topic, record })),
  };
}
