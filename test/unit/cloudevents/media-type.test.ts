import { describe, expect, test } from "vitest";
import { isJson, isMediaType, mayBeCalled } from "../../../shared/cloudevents/media-type.ts";

describe("a media type", () => {
  test.each([
    "application/json",
    "APPLICATION/vnd.apache.thrift.binary",
    "text/plain; charset=utf-8",
    "text/plain;charset=utf-8;a=b",
    'multipart/form-data; boundary="a; \\"b\\" c" ; d=e',
    "application/vnd.shop+json ;v=1",
  ])("%j is one", (text) => expect(isMediaType(text)).toBe(true));

  test.each([
    "",
    "json",
    "/json",
    "text/",
    "a/b/c",
    "a b/c",
    "text/plain charset=utf-8",
    "text/plain;",
    "text/plain; charset",
    "text/plain; charset=",
    'text/plain; charset="utf-8',
    "text/plain; =utf-8",
    "text/plän",
  ])("%j is none", (text) => expect(isMediaType(text)).toBe(false));
});

test.each([
  [undefined, true],
  ["application/json", true],
  ["Text/JSON; charset=utf-8", true],
  ["application/vnd.shop+json;v=1", true],
  ["application/jsonl", false],
  ["application/avro", false],
])("data of type %j are JSON: %j", (type, expected) => expect(isJson(type)).toBe(expected));

describe("data of a type may be called another", () => {
  test.each([
    ["application/avro", "application/avro"],
    ["application/avro", "Application/AVRO; v=1"],
    ["application/avro", "avro/binary"],
    ["application/avro", "application/vnd.apache.avro+binary"],
    ["application/protobuf", "application/x-protobuf"],
    ["application/json", "application/vnd.shop+json; charset=utf-8"],
    ["application/vnd.shop+json", "text/json"],
  ])("%s as %s", (type, name) => expect(mayBeCalled(type, name)).toBe(true));

  test.each([
    ["application/avro", "application/json"],
    ["application/avro", "application/avro+json"],
    ["application/avro", "application/protobuf"],
    ["application/avro", "text/plain"],
    ["application/json", "application/avro"],
    ["application/avro", ""],
  ])("but not %s as %j", (type, name) => expect(mayBeCalled(type, name)).toBe(false));
});
