const line = {
  type: "record",
  name: "InventoryLine",
  fields: [
    { name: "sku", type: "string" },
    // The sum over an order's lines of that SKU, each of which is an int.
    { name: "quantity", type: "long" },
  ],
} as const;

const lines = { name: "lines", type: { type: "array", items: line } } as const;

/** CloudEvents type of an order whose lines are all reserved. */
export const inventoryReservedType = "com.example.inventory.InventoryReserved.v1";

/** Avro schema of the data of a reservation. */
export const inventoryReservedSchema = {
  type: "record",
  name: "InventoryReserved",
  namespace: "com.example.inventory",
  fields: [
    { name: "orderId", type: "string" },
    lines,
    { name: "reservedAt", type: { type: "long", logicalType: "timestamp-millis" } },
  ],
} as const;

/** CloudEvents type of an order of which nothing is reserved. */
export const inventoryRejectedType = "com.example.inventory.InventoryRejected.v1";

/** Avro schema of the data of a rejection. */
export const inventoryRejectedSchema = {
  type: "record",
  name: "InventoryRejected",
  namespace: "com.example.inventory",
  fields: [
    { name: "orderId", type: "string" },
    lines,
    { name: "reason", type: "string" },
    { name: "rejectedAt", type: { type: "long", logicalType: "timestamp-millis" } },
  ],
} as const;

/** Units of one SKU. An order's lines have each SKU once. */
export interface InventoryLine {
  readonly sku: string;
  readonly quantity: number;
}

/** All lines of an order are reserved: what `inventoryReservedSchema` describes. `reservedAt` has whole milliseconds. */
export interface InventoryReserved {
  readonly orderId: string;
  readonly lines: readonly InventoryLine[];
  readonly reservedAt: Date;
}

/** Nothing of an order is reserved: what `inventoryRejectedSchema` describes. `rejectedAt` has whole milliseconds. */
export interface InventoryRejected {
  readonly orderId: string;
  /** What was asked for. */
  readonly lines: readonly InventoryLine[];
  /** For people to read: names the SKUs of which there is too little. */
  readonly reason: string;
  readonly rejectedAt: Date;
}
