import { describe, expect, test } from "vitest";
import { toEvent } from "../../../shared/cloudevents/index.ts";
import type { SourceRecord } from "../../../shared/msk-event/index.ts";

const required: readonly (readonly [string, string])[] = [
  ["ce_specversion", "1.0"],
  ["ce_id", "1"],
  ["ce_source", "/orders"],
  ["ce_type", "com.example.Something"],
];

function record(headers: readonly (readonly [string, string | Buffer])[], value: Buffer | null = null): SourceRecord {
  return {
    topic: "t",
    partition: 0,
    offset: 1,
    timestampMs: 1,
    key: null,
    value,
    headers: headers.map(([name, bytes]) => [name, Buffer.from(bytes)] as const),
  };
}

function changed(name: string, value: string | Buffer): SourceRecord {
  return record([...required.filter(([header]) => header !== name), [name, value]]);
}

function messageOf(source: SourceRecord): string {
  try {
    toEvent(source);
  } catch (error) {
    expect(error).toMatchObject({ code: "MALFORMED_EVENT", retriable: false });
    return error instanceof Error ? error.message : "";
  }
  throw new Error("no error was thrown");
}

describe("toEvent", () => {
  test("reads attributes from ce_ headers, datacontenttype from content-type, data from the value", () => {
    const headers = [...required, ["ce_traceparent", "00-a"], ["content-type", "application/avro"]] as const;
    expect(toEvent(record(headers, Buffer.from("x")))).toEqual({
      specversion: "1.0",
      id: "1",
      source: "/orders",
      type: "com.example.Something",
      traceparent: "00-a",
      datacontenttype: "application/avro",
      data: Buffer.from("x"),
    });
  });

  test("keeps a time as it came, to the nanosecond", () => {
    const time = "2026-01-31T23:59:60.123456789+05:30";
    expect(toEvent(changed("ce_time", time)).time).toBe(time);
  });

  test("leaves time and data out where the record has none", () => {
    expect(Object.keys(toEvent(record(required)))).toEqual(["specversion", "id", "source", "type"]);
  });

  test("reads UTF-8 beyond ASCII", () => {
    expect(toEvent(changed("ce_subject", "Café 🎉")).subject).toBe("Café 🎉");
  });

  test("leaves foreign headers alone, repeated ones too", () => {
    const event = toEvent(record([...required, ["shop", "a"], ["shop", Buffer.from([0xff])], ["CE_ID", "2"]]));
    expect(event).not.toHaveProperty("shop");
    expect(event.id).toBe("1");
  });

  test("reads ce_datacontenttype where content-type is missing", () => {
    expect(toEvent(changed("ce_datacontenttype", "application/json")).datacontenttype).toBe("application/json");
  });

  test("an extension with a name of Object.prototype is an extension", () => {
    expect(toEvent(changed("ce_constructor", "x")).constructor).toBe("x");
  });

  test("names every missing attribute at once", () => {
    const message = messageOf(record([]));
    for (const [header] of required) expect(message).toContain(`header ${header} is missing`);
  });

  test.each([
    ["ce_specversion", "0.3", 'specversion must be "1.0", got "0.3"'],
    ["ce_id", "", "id must be a non-empty text"],
    ["ce_type", "", "type must be a non-empty text"],
    ["ce_source", "", "source must be a URI reference"],
    ["ce_source", "a b", "source must be a URI reference"],
    ["ce_subject", "", "subject must be a non-empty text"],
    ["ce_dataschema", "schemas/1", "dataschema must be a URI"],
    ["ce_time", "2026-02-30T00:00:00Z", "time must be an RFC 3339 time"],
    ["ce_time", "2026-01-01T00:00:00", "time must be an RFC 3339 time"],
    ["content-type", "avro", "datacontenttype must be a media type"],
    ["ce_Shop", "x", 'attribute "Shop": names must be of a-z and 0-9'],
    ["ce_data", "x", 'attribute "data"'],
    ["ce___proto__", "x", 'attribute "__proto__"'],
    ["ce_id", "a\nb", "id must be free of control characters"],
    ["ce_id", Buffer.from([0xc3, 0x28]), "header ce_id is not UTF-8"],
  ])("refuses %s of %j", (name, value, message) => {
    expect(messageOf(changed(name, value))).toContain(message);
  });

  test("refuses an attribute that appears twice", () => {
    expect(messageOf(record([...required, ["ce_id", "2"]]))).toContain("header ce_id appears more than once");
  });

  test.each([
    ["application/cloudevents+json; charset=UTF-8", "structured mode"],
    ["Application/CloudEvents+JSON", "structured mode"],
    ["application/cloudevents-batch+json", "batch mode"],
  ])("says of %s that the record is in %s", (contentType, mode) => {
    expect(messageOf(record([["content-type", contentType]]))).toContain(mode);
  });

  test("shortens a value in its message", () => {
    expect(messageOf(changed("ce_specversion", "9".repeat(5000))).length).toBeLessThan(300);
  });
});
