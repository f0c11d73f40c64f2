import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/**
 * Bytes that an item counts for: names and values; numbers by their digits, one byte for two and one more; lists and
 * maps 3 and 1 an element.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
  return sumOf(Object.entries(item), ([name, value]) => Buffer.byteLength(name) + valueBytes(value));
}

function valueBytes({ S, N, B, L, M, SS, NS, BS }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return numberBytes(N);
  if (B !== undefined) return B.length;
  if (L !== undefined) return 3 + sumOf(L, (value) => 1 + valueBytes(value));
  if (M !== undefined) return 3 + Object.keys(M).length + itemBytes(M);
  if (SS !== undefined) return sumOf(SS, (text) => Buffer.byteLength(text));
  if (NS !== undefined) return sumOf(NS, numberBytes);
  if (BS !== undefined) return sumOf(BS, (bytes) => bytes.length);
  return 1;
}

const numberBytes = (digits: string) => Math.ceil(digits.replaceAll(/\D/g, "").length / 2) + 1;

function sumOf<T>(all: readonly T[], bytesOf: (one: T) => number): number {
  return all.reduce((sum, one) => sum + bytesOf(one), 0);
}
