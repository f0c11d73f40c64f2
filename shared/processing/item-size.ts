/** A list or a map, besides its elements; each of them takes one byte more. */
const containerBytes = 3;

/**
 * Bytes that DynamoDB counts for a value, given in plain JavaScript: names and text in UTF-8, a number up to 21 bytes
 * (a byte for two digits and one more), containers with their overhead.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function sizeOf(value: unknown): number {
  switch (typeof value) {
    case "string":
      return Buffer.byteLength(value);
    case "number":
    case "bigint":
      return Math.min(21, Math.ceil(String(value).length / 2) + 1);
    case "object":
      return value === null ? 1 : objectSize(value);
    default:
      return 1;
  }
}

function objectSize(value: object): number {
  if (value instanceof Uint8Array) return value.length;
  const elements = value instanceof Set || Array.isArray(value) ? [...value] : undefined;
  return (
    containerBytes +
    (elements?.reduce((bytes: number, element) => bytes + 1 + sizeOf(element), 0) ?? membersSize(value))
  );
}

/** Bytes of an item's attributes, names and values. */
export function itemSizeOf(item: object): number {
  return Object.entries(item).reduce((bytes, [name, value]) => bytes + Buffer.byteLength(name) + sizeOf(value), 0);
}

function membersSize(value: object): number {
  return itemSizeOf(value) + Object.keys(value).length;
}
