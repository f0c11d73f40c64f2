import { describe, expect, test } from "vitest";
import { toEvent } from "../../../shared/cloudevents/index.ts";
import { MskSourceRecord, type SourceRecord } from "../../../shared/msk-event/index.ts";
import { sourceRecord, throughLambda } from "../../fixtures/events/source-record.ts";
import { errorOf } from "./error-of.ts";

const required: readonly (readonly [string, string])[] = [
  ["ce_specversion", "1.0"],
  ["ce_id", "1"],
  ["ce_source", "/orders"],
  ["ce_type", "com.example.Something"],
];

function changed(name: string, value: string | Buffer): SourceRecord {
  return sourceRecord([...required.filter(([header]) => header !== name), [name, value]]);
}

function messageOf(record: SourceRecord): string {
  const error = errorOf(() => toEvent(record));
  expect(error).toMatchObject({ code: "MALFORMED_EVENT", retriable: false });
  return error.message;
}

describe.each([
  ["of kafkajs", (record: SourceRecord) => record],
  ["of a Lambda event", throughLambda],
])("toEvent, binary mode, a record %s", (_, coming) => {
  test("reads attributes from ce_ headers, datacontenttype from content-type, data from the value", () => {
    const headers = [...required, ["ce_traceparent", "00-a"], ["content-type", "application/avro"]] as const;
    expect(toEvent(coming(sourceRecord(headers, "x")))).toEqual({
      specversion: "1.0",
      id: "1",
      source: "/orders",
      type: "com.example.Something",
      traceparent: "00-a",
      datacontenttype: "application/avro",
      data: Buffer.from("x"),
    });
  });

  test.each(["2026-01-31T23:59:60.123456789+05:30", "2026-01-31t00:00:00z"])("keeps the time %s as it came", (time) => {
    expect(toEvent(coming(changed("ce_time", time))).time).toBe(time);
  });

  test("leaves time and data out where the record has none", () => {
    expect(Object.keys(toEvent(coming(sourceRecord(required))))).toEqual(["specversion", "id", "source", "type"]);
  });

  test("tells no data from empty data, which have a type", () => {
    const of = (type: string) => [...required, ["content-type", type] as const];
    expect(toEvent(coming(sourceRecord(of("text/plain"), null)))).not.toHaveProperty("data");
    expect(toEvent(coming(sourceRecord(of("text/plain"), ""))).data).toEqual(Buffer.alloc(0));
  });

  test("takes an empty value without a type for no data, unless it is what the mapping has left of a value", () => {
    const record = sourceRecord(required, "");
    const valueSchema = { dataFormat: "AVRO", schemaId: "42" } as const;
    expect(toEvent(coming(record))).not.toHaveProperty("data");
    expect(toEvent({ ...record, valueSchema }).data).toEqual(Buffer.alloc(0));
  });

  test.each(["Café 🎉", "日本", "\u00a0", "\ufffd"])("reads UTF-8 beyond ASCII: %s", (subject) => {
    expect(toEvent(coming(changed("ce_subject", subject))).subject).toBe(subject);
  });

  test("reads a value of many characters", () => {
    expect(toEvent(coming(changed("ce_subject", "x".repeat(200_000)))).subject).toHaveLength(200_000);
  });

  test("tells apart values that begin, or end, like those of the record before", () => {
    const sources = ["/orders/1", "/orders/2", "/1/orders", "/2/orders", "/orders", "/orders/1"];
    expect(sources.map((source) => toEvent(coming(changed("ce_source", source))).source)).toEqual(sources);
  });

  test("leaves foreign headers alone, repeated and broken ones too", () => {
    const foreign = [
      ["shop", "a"],
      ["shop", Buffer.from([0xff])],
      ["CE_ID", "2"],
      ["Content-Type", "text/plain"],
      ["", ""],
    ] as const;
    expect(toEvent(coming(sourceRecord([...required, ...foreign])))).toEqual(toEvent(sourceRecord(required)));
  });

  test("reads ce_datacontenttype where content-type is missing, or says the same", () => {
    const record = changed("ce_datacontenttype", "application/json");
    const both = {
      ...record,
      headers: [...record.headers, ["content-type", Buffer.from("application/json")] as const],
    };
    expect(toEvent(coming(record)).datacontenttype).toBe("application/json");
    expect(toEvent(coming(both)).datacontenttype).toBe("application/json");
  });

  test("an extension with a name of Object.prototype is an extension", () => {
    expect(toEvent(coming(changed("ce_constructor", "x"))).constructor).toBe("x");
  });

  test("an extension may be empty and stays a text", () => {
    expect(toEvent(coming(changed("ce_count", "7"))).count).toBe("7");
    expect(toEvent(coming(changed("ce_note", ""))).note).toBe("");
  });

  test("names every missing attribute at once", () => {
    const message = messageOf(coming(sourceRecord([])));
    for (const [header] of required) expect(message).toContain(`header ${header} is missing`);
  });

  test.each([
    ["ce_specversion", "0.3", 'specversion must be "1.0", got "0.3"'],
    ["ce_id", "", "id must be a non-empty text"],
    ["ce_type", "", "type must be a non-empty text"],
    ["ce_source", "", "source must be a URI reference"],
    ["ce_source", "a b", "source must be a URI reference"],
    ["ce_subject", "", "subject must be a non-empty text"],
    ["ce_dataschema", "", "dataschema must be a URI"],
    ["ce_dataschema", "schemas/1", "dataschema must be a URI"],
    ["ce_time", "2026-02-30T00:00:00Z", "time must be an RFC 3339 time"],
    ["ce_time", "2026-01-01T00:00:00", "time must be an RFC 3339 time"],
    ["content-type", "avro", "datacontenttype must be a media type"],
    ["ce_Shop", "x", 'attribute "Shop": names must be of a-z and 0-9'],
    ["ce_", "x", 'attribute "": names must be of a-z and 0-9'],
    ["ce_data", "x", 'attribute "data"'],
    ["ce_data_base64", "x", 'attribute "data_base64"'],
    ["ce___proto__", "x", 'attribute "__proto__"'],
    ["ce_id", "a\nb", "id must be free of control characters"],
    ["ce_id", "a\u0085b", "id must be free of control characters"],
    ["ce_note", "\uffff", "note must be free of control characters, noncharacters"],
    ["ce_note", "\u{1fffe}", "note must be free of control characters, noncharacters"],
    ["ce_id", Buffer.from([0xc3, 0x28]), "header ce_id is not UTF-8"],
    ["ce_note", Buffer.from([0xed, 0xa0, 0x80]), "header ce_note is not UTF-8"],
    ["content-type", Buffer.from([0xff]), "header content-type is not UTF-8"],
  ])("refuses %s of %j", (name, value, message) => {
    expect(messageOf(coming(changed(name, value)))).toContain(message);
  });

  test("says of a wrong required attribute that it is wrong, not that it is missing", () => {
    expect(messageOf(coming(changed("ce_specversion", "2.0")))).not.toContain("missing");
  });

  test.each(["ce_id", "ce_time", "ce_traceparent", "content-type"])("refuses a %s that appears twice", (name) => {
    const text = name === "ce_time" ? "2026-01-01T00:00:00Z" : "a/b";
    const { headers } = changed(name, text);
    const record = { ...sourceRecord([]), headers: [...headers, [name, Buffer.from(text)] as const] };
    expect(messageOf(coming(record))).toContain(`header ${name} appears more than once`);
  });

  test("refuses a ce_datacontenttype that contradicts content-type", () => {
    const headers = [...required, ["content-type", "application/avro"], ["ce_datacontenttype", "text/plain"]] as const;
    expect(messageOf(coming(sourceRecord(headers)))).toContain("contradict each other");
  });

  test("shortens values, names and lists in its message", () => {
    expect(messageOf(coming(changed("ce_specversion", "9".repeat(5000)))).length).toBeLessThan(300);
    expect(messageOf(coming(changed(`ce_${"A".repeat(5000)}`, "x"))).length).toBeLessThan(300);
    const many = Array.from({ length: 1000 }, (__, index) => [`ce_A${index}`, "x"] as const);
    expect(messageOf(coming(sourceRecord(many)))).toContain("and 994 more");
  });
});

test("a header of a Lambda event that is no list of bytes makes its own record malformed", () => {
  const record = (headers: unknown) =>
    new MskSourceRecord("t", 0, 1, 1, null, null, headers as never, undefined, "CREATE_TIME");
  const good = required.map(([name, text]) => ({ [name]: [...Buffer.from(text)] }));
  expect(messageOf(record([...good, { shop: "text" }]))).toContain("header shop is not a list of bytes");
  expect(messageOf(record([...good.slice(1), { ce_specversion: ["1", ".", "0"] }]))).toContain(
    "ce_specversion is not UTF-8",
  );
  expect(toEvent(record([...good, null, { shop: null }]))).toMatchObject({ id: "1" });
});
