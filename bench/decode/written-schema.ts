import avro from "avsc";
import { orderCreatedSchema } from "../../shared/schemas/index.ts";

/** The schema that the records are written with, as a registry gives it, and its id. */
export const schemaText = JSON.stringify(orderCreatedSchema);
export const schemaId = 1;

/** Bytes before the body in the wire format: magic byte 0 and the schema's id. */
export const prefixBytes = 5;

/** The order as the bytes have it: `createdAt` in epoch milliseconds. */
export interface WrittenOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly totalAmount: number;
  readonly createdAt: number;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly unitPrice: number }[];
}

/** avsc's type of it without logical types, which is what a loop by hand reads with. */
export const writerAvroType = avro.Type.forSchema(JSON.parse(schemaText));

export function framed(body: Buffer): Buffer {
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeInt32BE(schemaId, 1);
  return Buffer.concat([prefix, body]);
}
