import type { ItemKey } from "./effects.ts";

/** The same text for the same item, in whatever order the attributes of its key are named. */
export function itemKeyText(table: string, key: ItemKey): string {
  const attributes = Object.entries(key).map(([name, value]) =>
    value instanceof Uint8Array ? [name, "binary", Buffer.from(value).toString("base64")] : [name, typeof value, value],
  );
  return `${table} ${JSON.stringify(attributes.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)))}`;
}
