/** CloudEvents type of an accepted order. */
export const orderCreatedType = "com.example.orders.OrderCreated.v1";

/** Avro schema of the data of an accepted order. */
export const orderCreatedSchema = {
  type: "record",
  name: "OrderCreated",
  namespace: "com.example.orders",
  fields: [
    { name: "orderId", type: "string" },
    { name: "customerId", type: "string" },
    { name: "totalAmount", type: "double" },
    { name: "createdAt", type: { type: "long", logicalType: "timestamp-millis" } },
    {
      name: "lines",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "OrderLine",
          fields: [
            { name: "sku", type: "string" },
            { name: "quantity", type: "int" },
            { name: "unitPrice", type: "double" },
          ],
        },
      },
    },
  ],
} as const;

export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: number;
}

/** An accepted order: what `orderCreatedSchema` describes. Amounts are in the shop's currency, `createdAt` has whole milliseconds. */
export interface OrderCreated {
  readonly orderId: string;
  readonly customerId: string;
  readonly totalAmount: number;
  readonly createdAt: Date;
  readonly lines: readonly OrderLine[];
}
