import { expect, test } from "vitest";
import { readSchemaRegistrationEnvironment } from "../../../../functions/schema-registration/env.ts";
import { registerSchemas } from "../../../../functions/schema-registration/register-schemas.ts";
import { BackboneError } from "../../../../shared/errors.ts";
import type { Schema } from "../../../../shared/schema-registry/index.ts";
import {
  eventSchemas,
  inventoryRejectedSchema,
  inventoryReservedSchema,
  orderCreatedSchema,
} from "../../../../shared/schemas/index.ts";

const { topics } = readSchemaRegistrationEnvironment({
  SCHEMA_REGISTRY_URL: "http://registry:8080/apis/ccompat/v7",
  ORDER_EVENTS_TOPIC: "prod.order-events",
  INVENTORY_EVENTS_TOPIC: "prod.inventory-events",
});

test("registers every schema under its subject of its deployed topic, of a topic with several types one a type", async () => {
  const asked: unknown[] = [];
  const register = async (subject: string, { schemaType, schema }: Schema) => asked.push([subject, schemaType, schema]);

  const registered = await registerSchemas({ registry: { register }, schemas: eventSchemas, topics });

  expect(registered).toEqual([
    { subject: "prod.order-events-value", id: 1 },
    { subject: "prod.inventory-events-com.example.inventory.InventoryReserved", id: 2 },
    { subject: "prod.inventory-events-com.example.inventory.InventoryRejected", id: 3 },
  ]);
  expect(asked).toEqual([
    ["prod.order-events-value", "AVRO", JSON.stringify(orderCreatedSchema)],
    [registered[1]?.subject, "AVRO", JSON.stringify(inventoryReservedSchema)],
    [registered[2]?.subject, "AVRO", JSON.stringify(inventoryRejectedSchema)],
  ]);
});

test("throws when the registry is away", async () => {
  const away = new BackboneError("REGISTRY_UNAVAILABLE", "away");
  const registry = { register: () => Promise.reject(away) };
  await expect(registerSchemas({ registry, schemas: eventSchemas, topics })).rejects.toBe(away);
});
