import { describe, expect, test } from "vitest";
import { createSchemaRegistry, type Schema } from "../../../shared/schema-registry/index.ts";
import { type Answer, json, registryThat } from "./stub-registry.ts";

const schema: Schema = { schemaType: "AVRO", schema: '{"type":"record","name":"A","fields":[]}' };
const unknownId = json(404, { error_code: 40403, message: "Schema not found" });
const pathsOf = (requests: readonly { path: string }[]) =>
  requests.map(({ path }) => path.replace("/apis/ccompat/v7", ""));

describe("schemaById", () => {
  test("gives the schema, which is Avro where the registry names no type", async () => {
    const { registry, requests } = await registryThat(json(200, { schema: '"string"' }));
    expect(await registry.schemaById(7)).toEqual({ schemaType: "AVRO", schema: '"string"' });
    expect(requests).toMatchObject([{ method: "GET", path: "/apis/ccompat/v7/schemas/ids/7" }]);
  });

  test("gives the schemas that an Avro schema refers to, deleted ones too, those that others build on first", async () => {
    const reference = (subject: string) => ({ name: `x.${subject}`, subject, version: 2 });
    const { registry, requests } = await registryThat((request, response) => {
      const name = request.url?.split("?")[0]?.split("/").at(-3);
      const references = { ids: ["order", "line"], order: ["line", "money"], line: ["money"] }[name ?? ""] ?? [];
      const asked = request.url?.includes("/ids/") ? ["order", "line"] : references;
      json(200, { schema: `"${name}"`, references: asked.map(reference) })(request, response);
    });
    expect(await registry.schemaById(7)).toMatchObject({ references: ['"money"', '"line"', '"order"'] });
    expect(pathsOf(requests)).toEqual([
      "/schemas/ids/7",
      "/subjects/order/versions/2?deleted=true",
      "/subjects/line/versions/2?deleted=true",
      "/subjects/money/versions/2?deleted=true",
    ]);
  });

  test("takes timeoutMs at most, however many schemas it refers to", async () => {
    let nowMs = 0;
    const references = Array.from({ length: 50 }, (_, index) => ({ name: "x", subject: `s${index}`, version: 1 }));
    const answer = json(200, { schema: '"string"', references });
    const slow: Answer = (request, response) => {
      nowMs += 600;
      answer(request, response);
    };
    const { registry, requests } = await registryThat(slow, { now: () => nowMs, timeoutMs: 1_000 });
    await expect(registry.schemaById(7)).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
    expect(requests).toHaveLength(2);
  });

  test("does not ask for the references of other types", async () => {
    const answer = { schemaType: "JSON", schema: "{}", references: [{ name: "x", subject: "x", version: 1 }] };
    const { registry, requests } = await registryThat(json(200, answer));
    expect(await registry.schemaById(7)).toEqual({ schemaType: "JSON", schema: "{}" });
    expect(requests).toHaveLength(1);
  });

  test("asks once for many waiters and keeps the answer", async () => {
    const { registry, requests } = await registryThat(json(200, { schema: '"string"' }));
    await Promise.all(Array.from({ length: 100 }, () => registry.schemaById(7)));
    await registry.schemaById(7);
    expect(requests).toHaveLength(1);
  });

  test("does not keep a failure", async () => {
    const { registry } = await registryThat([json(503, {}), json(200, { schema: '"string"' })], { attempts: 1 });
    await expect(registry.schemaById(7)).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
    expect(await registry.schemaById(7)).toMatchObject({ schema: '"string"' });
  });
});

describe("an id that the registry does not know", () => {
  test("is remembered for unknownTtlSeconds, and then asked for again", async () => {
    let nowMs = 0;
    const options = { unknownTtlSeconds: 3, now: () => nowMs };
    const { registry, requests } = await registryThat([unknownId, json(200, { schema: '"string"' })], options);
    for (nowMs of [0, 2_999]) {
      await expect(registry.schemaById(7)).rejects.toMatchObject({ code: "SCHEMA_NOT_FOUND", retriable: true });
    }
    expect(requests).toHaveLength(1);
    nowMs = 3_000;
    expect(await registry.schemaById(7)).toMatchObject({ schema: '"string"' });
  });
});

describe("idOf", () => {
  test("looks the schema up under its subject and registers nothing", async () => {
    const { registry, requests } = await registryThat(json(200, { subject: "s", version: 1, id: 42, schema: "" }));
    expect(await registry.idOf("order-events/value", schema)).toBe(42);
    expect(requests).toMatchObject([
      {
        method: "POST",
        path: "/apis/ccompat/v7/subjects/order-events%2Fvalue",
        headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
        body: JSON.stringify({ schema: schema.schema }),
      },
    ]);
  });

  test("names the type of a schema that is not Avro", async () => {
    const { registry, requests } = await registryThat(json(200, { id: 42 }));
    await registry.idOf("a", { schemaType: "PROTOBUF", schema: "message A {}" });
    expect(requests[0]?.body).toBe('{"schemaType":"PROTOBUF","schema":"message A {}"}');
  });

  test("keeps the id of each subject and schema", async () => {
    const { registry, requests } = await registryThat(json(200, { id: 42 }));
    await Promise.all([registry.idOf("a", schema), registry.idOf("a", { ...schema }), registry.idOf("b", schema)]);
    await registry.idOf("a", schema);
    await registry.idOf("a", { ...schema, schema: '"string"' });
    expect(pathsOf(requests)).toEqual(["/subjects/a", "/subjects/b", "/subjects/a"]);
  });

  test("knows what was registered meanwhile, though it was unknown a moment ago", async () => {
    const { registry, requests } = await registryThat([unknownId, json(200, { id: 42 })]);
    await expect(registry.idOf("a", schema)).rejects.toMatchObject({ code: "SCHEMA_NOT_FOUND" });
    await registry.register("a", schema);
    expect(await registry.idOf("a", schema)).toBe(42);
    expect(pathsOf(requests)).toEqual(["/subjects/a", "/subjects/a/versions"]);
  });
});

test("register posts a version and asks the registry each time", async () => {
  const { registry, requests } = await registryThat(json(200, { id: 42 }));
  expect([await registry.register("a", schema), await registry.register("a", schema)]).toEqual([42, 42]);
  expect(pathsOf(requests)).toEqual(Array(2).fill("/subjects/a/versions"));
});

test("credentials are sent as basic authentication", async () => {
  const credentials = { username: "orders", password: "geheim:ü" };
  const { registry, requests } = await registryThat(json(200, { id: 42 }), { credentials });
  await registry.register("a", schema);
  expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("orders:geheim:ü").toString("base64")}`);
});

test.each([
  ["no URL", { url: "registry" }],
  ["another protocol", { url: "ftp://registry" }],
  ["an empty query, before which paths would not come", { url: "http://registry?" }],
  ["an empty fragment", { url: "http://registry#" }],
  ["a space after the URL", { url: "http://registry " }],
  ["a password in the URL", { url: "http://orders:secret@registry" }],
  ["credentials without a user", { credentials: { username: "", password: "secret" } }],
  ["no time at all", { timeoutMs: 0 }],
  ["more time than a timer takes", { timeoutMs: 2 ** 31 }],
  ["more time for an attempt than a timer takes", { attemptTimeoutMs: 2 ** 31 }],
  ["no attempt", { attempts: 0 }],
  ["an unknown option", { timeout: 5 }],
])("%s is INVALID_OPTIONS, which does not name the password", (_, wrong) => {
  expect(() => createSchemaRegistry({ url: "http://registry", ...wrong })).toThrow(
    expect.objectContaining({ code: "INVALID_OPTIONS", message: expect.not.stringContaining("secret") }),
  );
});

describe("what a refusal means", () => {
  test.each([
    ["an unknown id", 404, { error_code: 40403, message: "Schema not found" }, "SCHEMA_NOT_FOUND"],
    ["an unknown subject", 404, { error_code: 40401, message: "Subject not found" }, "SCHEMA_NOT_FOUND"],
    ["a 404 of something else", 404, "<html>", "REGISTRY_UNAVAILABLE"],
    ["a path that is not the registry's", 404, { error_code: 404, message: "HTTP 404" }, "REGISTRY_UNAVAILABLE"],
    ["an incompatible schema", 409, { error_code: 409 }, "SCHEMA_MISMATCH"],
    ["an invalid schema", 422, { error_code: 42201 }, "SCHEMA_MISMATCH"],
    ["no permission", 401, {}, "REGISTRY_UNAVAILABLE"],
    ["an answer without an id", 200, { version: 1 }, "REGISTRY_UNAVAILABLE"],
    ["an answer that is no JSON object", 200, "hello", "REGISTRY_UNAVAILABLE"],
  ])("%s (%i) is %o: %s, and is not asked again", async (_, status, body, code) => {
    const { registry, requests } = await registryThat(json(status, body));
    await expect(registry.register("a", schema)).rejects.toMatchObject({ code });
    expect(requests).toHaveLength(1);
  });

  test.each([409, 422])("%i to a question is REGISTRY_UNAVAILABLE: no schema was handed over", async (status) => {
    const { registry } = await registryThat(json(status, { error_code: status }));
    await expect(registry.schemaById(7)).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE", retriable: true });
  });

  test("says why a schema is refused", async () => {
    const { registry } = await registryThat(json(422, { error_code: 42201, message: "Failed to discover the type" }));
    await expect(registry.register("a", schema)).rejects.toThrow(
      "schema registry answered 422 (error code 42201) to POST /subjects/a/versions: Failed to discover the type",
    );
  });

  test("names the request and the status", async () => {
    const { registry } = await registryThat(unknownId);
    await expect(registry.schemaById(7)).rejects.toThrow(
      "schema registry answered 404 (error code 40403) to GET /schemas/ids/7",
    );
  });
});
