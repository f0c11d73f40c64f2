import type { Contender } from "../contender.ts";
import { prefixBytes, type WrittenOrder, writerAvroType } from "../written-schema.ts";

/**
 * The floor: what a loop by hand costs that trusts everything. Headers are taken for ASCII and for being there, the
 * schema id is not looked at, no attribute is validated, nothing is kept for a dead letter.
 */
export const tunedLoop: Contender = {
  name: "tuned loop",
  decode({ records }, sink) {
    for (const name in records) {
      for (const record of records[name] ?? []) {
        const headers: Record<string, string> = {};
        for (const header of record.headers ?? []) {
          for (const headerName in header) headers[headerName] = String.fromCharCode(...(header[headerName] ?? []));
        }
        const value = Buffer.from(record.value ?? "", "base64");
        const order: WrittenOrder = writerAvroType.fromBuffer(value.subarray(prefixBytes));
        sink.addHeaders(headers, order, order.createdAt);
      }
    }
  },
};

/** The loop that one writes first: headers through a Buffer, and as UTF-8. */
export const plainLoop: Contender = {
  name: "plain loop",
  decode({ records }, sink) {
    for (const record of Object.values(records).flat()) {
      const value = Buffer.from(record.value ?? "", "base64");
      const order: WrittenOrder = writerAvroType.fromBuffer(value.subarray(prefixBytes));
      sink.addHeaders(headerTexts(record.headers), order, order.createdAt);
    }
  },
};

/** Headers as an object of texts, the way that a consumer without a library reads them. */
export function headerTexts(headers: readonly Record<string, number[]>[] = []): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const header of headers) {
    for (const [name, bytes] of Object.entries(header)) texts[name] = Buffer.from(bytes).toString();
  }
  return texts;
}
