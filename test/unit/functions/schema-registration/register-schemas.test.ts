import { expect, test } from "vitest";
import { readSchemaRegistrationEnvironment } from "../../../../functions/schema-registration/env.ts";
import { registerSchemas } from "../../../../functions/schema-registration/register-schemas.ts";
import { BackboneError } from "../../../../shared/errors.ts";
import type { Schema } from "../../../../shared/schema-registry/index.ts";
import { eventSchemas, orderCreatedSchema } from "../../../../shared/schemas/index.ts";

const { topics } = readSchemaRegistrationEnvironment({
  SCHEMA_REGISTRY_URL: "http://registry:8080/apis/ccompat/v7",
  ORDER_EVENTS_TOPIC: "prod.order-events",
});

test("registers every schema under the subject of its deployed topic", async () => {
  const asked: unknown[] = [];
  const register = async (subject: string, { schemaType, schema }: Schema) => asked.push([subject, schemaType, schema]);
  expect(await registerSchemas({ registry: { register }, schemas: eventSchemas, topics })).toEqual([
    { subject: "prod.order-events-value", id: 1 },
  ]);
  expect(asked).toEqual([["prod.order-events-value", "AVRO", JSON.stringify(orderCreatedSchema)]]);
});

test("throws when the registry is away", async () => {
  const away = new BackboneError("REGISTRY_UNAVAILABLE", "away");
  const registry = { register: () => Promise.reject(away) };
  await expect(registerSchemas({ registry, schemas: eventSchemas, topics })).rejects.toBe(away);
});
