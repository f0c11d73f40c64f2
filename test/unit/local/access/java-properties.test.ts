import { expect, it } from "vitest";
import { parseJavaProperties } from "../../../../local/access/java-properties.ts";

it.each([
  ["a=b", { a: "b" }],
  ["  a = b c \n", { a: "b c " }],
  ["a: b\nc d", { a: "b", c: "d" }],
  ["# a=b\n! c=d\n\ne=f", { e: "f" }],
  ["a=b,\\\n   c", { a: "b,c" }],
  ["a=b\\\\\nc=d", { a: "b\\", c: "d" }],
  ["a\\=b=c=d", { "a=b": "c=d" }],
  ["a=one\\ntwo\\u0021", { a: "one\ntwo!" }],
  ["a", { a: "" }],
  ["a=1\na=2", { a: "2" }],
  ["a=b\r\nc=d", { a: "b", c: "d" }],
])("reads %j", (text, entries) => {
  expect(Object.fromEntries(parseJavaProperties(text))).toEqual(entries);
});
