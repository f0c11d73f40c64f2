import * as v from "valibot";
import { expect, test } from "vitest";
import { parseOptions } from "../../../shared/options/index.ts";
import { createSchemaRegistry, type SchemaRegistryOptions } from "../../../shared/schema-registry/index.ts";

const url = "http://registry.example.com";
const registryWith = (options: unknown) => () => createSchemaRegistry(options as SchemaRegistryOptions);

test.each([
  ["a text for an object", "user:TOPSECRET", "credentials: invalid type: Expected Object but received a string"],
  [
    "a number for a text",
    { username: "u", password: 12345678 },
    "credentials.password: invalid type: Expected string but received a number",
  ],
  [
    "an unknown option",
    { username: "u", pasword: "TOPSECRET" },
    'credentials.password: invalid key: Expected "password" but received undefined; credentials.pasword: is unknown',
  ],
  [
    "a list for a text",
    { username: "u", password: ["TOPSECRET"] },
    "credentials.password: invalid type: Expected string but received Array",
  ],
])("%s is refused by name, and its value is not in the message", (_, credentials, message) => {
  expect(registryWith({ url, credentials })).toThrow(`wrong options for createSchemaRegistry: ${message}`);
  expect(registryWith({ url, credentials })).not.toThrow(/TOPSECRET|12345678/);
});

test("a text that is none of the allowed ones, or of another format, is not in the message either", () => {
  const schema = v.object({ a: v.picklist(["x", "y"]), b: v.pipe(v.string(), v.regex(/^\d+$/)) });
  const parse = () => parseOptions("factory", schema, { a: "TOPSECRET" as "x", b: "TOPSECRET" });
  expect(parse).toThrow('a: invalid type: Expected ("x" | "y") but received a string; b: invalid format');
  expect(parse).not.toThrow(/TOPSECRET/);
});

test("a number out of bounds is named, as is the length of a text", () => {
  expect(registryWith({ url, attempts: 0 })).toThrow("attempts: invalid value: Expected >=1 but received 0");
  expect(registryWith({ url, attempts: 1.5 })).toThrow("attempts: invalid integer: Received 1.5");
  const empty = { username: "", password: "x" };
  expect(registryWith({ url, credentials: empty })).toThrow(
    "credentials.username: invalid length: Expected !0 but received 0",
  );
});
