import * as v from "valibot";
import { expect, test } from "vitest";
import { brokerList, httpUrl, readEnvironment, text, wholeNumber } from "../../../shared/environment/index.ts";

const schema = v.object({
  BROKERS: brokerList(),
  NAME: text(),
  REGISTRY: httpUrl(),
  COUNT: wholeNumber(1, 10),
  DB_PASSWORD: v.pipe(text(), v.minLength(8, "must have 8 characters")),
});
const environment = {
  BROKERS: "b-1:9098, b-2:9098",
  NAME: "orders",
  REGISTRY: "http://registry:8080/apis/ccompat/v7/",
  COUNT: "10",
  DB_PASSWORD: "correct horse",
};

test("reads typed values and leaves other variables alone", () => {
  expect(readEnvironment(schema, { ...environment, PATH: "/bin" })).toEqual({
    BROKERS: ["b-1:9098", "b-2:9098"],
    NAME: "orders",
    REGISTRY: "http://registry:8080/apis/ccompat/v7",
    COUNT: 10,
    DB_PASSWORD: "correct horse",
  });
});

test("names every missing variable at once", () => {
  expect(() => readEnvironment(schema, {})).toThrow(
    expect.objectContaining({
      code: "INVALID_OPTIONS",
      message:
        "wrong environment: BROKERS is missing; NAME is missing; REGISTRY is missing; COUNT is missing; DB_PASSWORD is missing",
    }),
  );
});

test.each([
  ["BROKERS", "b-1", 'BROKERS must be brokers as "host:port,host:port", got "b-1"'],
  ["BROKERS", "b-1:1,", "BROKERS must be brokers"],
  ["NAME", "", 'NAME must be a non-empty text, got ""'],
  ["REGISTRY", "registry:8080", "REGISTRY must be an http or https URL"],
  ["REGISTRY", "http://user:pass@registry", "REGISTRY must be an http or https URL without credentials"],
  ["COUNT", "0", 'COUNT must be a whole number from 1 to 10, got "0"'],
  ["COUNT", "1.5", "COUNT must be a whole number from 1 to 10"],
])("refuses %s of %j", (name, value, message) => {
  expect(() => readEnvironment(schema, { ...environment, [name]: value })).toThrow(message);
});

test.each([
  ["http://user:hunter2@registry", "http://…@registry"],
  ["ftp://user:p@hunter2@registry/a@b", "ftp://…@registry/a@b"],
])("never shows the credentials of a URL: %s", (url, shown) => {
  expect(() => readEnvironment(schema, { ...environment, REGISTRY: url })).toThrow(
    `REGISTRY must be an http or https URL without credentials, got "${shown}"`,
  );
});

test("never shows a password", () => {
  expect(() => readEnvironment(schema, { ...environment, DB_PASSWORD: "hunter2" })).toThrow(
    "wrong environment: DB_PASSWORD must have 8 characters, got a value that is not shown",
  );
});
