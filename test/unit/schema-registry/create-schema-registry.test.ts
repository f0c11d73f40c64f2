import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createSchemaRegistry } from "../../../shared/schema-registry/index.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

/** A registry that answers as the test says and remembers what it was asked. */
async function registryThat(answer: Answer, timeoutMs = 1_000) {
  const requests: { method: string; path: string; contentType: string | undefined; body: string }[] = [];
  const started = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { method = "", url = "", headers } = request;
    requests.push({ method, path: url, contentType: headers["content-type"], body: Buffer.concat(chunks).toString() });
    answer(request, response);
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const { port } = started.address() as AddressInfo;
  return { requests, registry: createSchemaRegistry({ url: `http://127.0.0.1:${port}/apis/ccompat/v7`, timeoutMs }) };
}

function json(status: number, body: unknown): Answer {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/vnd.schemaregistry.v1+json" }).end(JSON.stringify(body));
  };
}

const schema = { type: "record", name: "A", fields: [] };

describe("schemaById", () => {
  test("gives the schema's text", async () => {
    const { registry, requests } = await registryThat(json(200, { schema: '"string"' }));
    expect(await registry.schemaById(7)).toBe('"string"');
    expect(requests).toMatchObject([{ method: "GET", path: "/apis/ccompat/v7/schemas/ids/7" }]);
  });

  test("asks once for many waiters and keeps the answer", async () => {
    const { registry, requests } = await registryThat(json(200, { schema: '"string"' }));
    await Promise.all(Array.from({ length: 100 }, () => registry.schemaById(7)));
    await registry.schemaById(7);
    expect(requests).toHaveLength(1);
  });

  test("does not keep a failure", async () => {
    const answers = [json(503, {}), json(200, { schema: '"string"' })];
    const { registry } = await registryThat((request, response) => answers.shift()?.(request, response));
    await expect(registry.schemaById(7)).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
    expect(await registry.schemaById(7)).toBe('"string"');
  });
});

describe("idOf", () => {
  test("looks the schema up under its subject and registers nothing", async () => {
    const { registry, requests } = await registryThat(json(200, { subject: "s", version: 1, id: 42, schema: "" }));
    expect(await registry.idOf("order-events/value", schema)).toBe(42);
    expect(requests).toEqual([
      {
        method: "POST",
        path: "/apis/ccompat/v7/subjects/order-events%2Fvalue",
        contentType: "application/vnd.schemaregistry.v1+json",
        body: JSON.stringify({ schema: JSON.stringify(schema) }),
      },
    ]);
  });

  test("keeps the id of each subject and schema", async () => {
    const { registry, requests } = await registryThat(json(200, { id: 42 }));
    await Promise.all([registry.idOf("a", schema), registry.idOf("a", schema), registry.idOf("b", schema)]);
    await registry.idOf("a", schema);
    await registry.idOf("a", { ...schema, name: "B" });
    expect(requests.map(({ path }) => path.split("/").at(-1))).toEqual(["a", "b", "a"]);
  });
});

test("register posts a version and asks the registry each time", async () => {
  const { registry, requests } = await registryThat(json(200, { id: 42 }));
  expect([await registry.register("a", schema), await registry.register("a", schema)]).toEqual([42, 42]);
  expect(requests.map(({ path }) => path)).toEqual(Array(2).fill("/apis/ccompat/v7/subjects/a/versions"));
});

describe("what a refusal means", () => {
  test.each([
    ["an unknown id", 404, { error_code: 40403, message: "Schema not found" }, "SCHEMA_NOT_FOUND"],
    ["an unknown subject", 404, { error_code: 40401, message: "Subject not found" }, "SCHEMA_NOT_FOUND"],
    ["a 404 of something else", 404, "<html>", "REGISTRY_UNAVAILABLE"],
    ["an incompatible schema", 409, { error_code: 409 }, "SCHEMA_MISMATCH"],
    ["an invalid schema", 422, { error_code: 42201 }, "SCHEMA_MISMATCH"],
    ["no permission", 401, {}, "REGISTRY_UNAVAILABLE"],
    ["too many requests", 429, {}, "REGISTRY_UNAVAILABLE"],
    ["a fault of the server", 500, { error_code: 50001 }, "REGISTRY_UNAVAILABLE"],
    ["an answer without an id", 200, { version: 1 }, "REGISTRY_UNAVAILABLE"],
    ["an answer that is no JSON object", 200, "hello", "REGISTRY_UNAVAILABLE"],
  ])("%s (%i) is %o: %s", async (_, status, body, code) => {
    const { registry } = await registryThat(json(status, body));
    await expect(registry.register("a", schema)).rejects.toMatchObject({ code });
  });

  test("names the request and the status", async () => {
    const { registry } = await registryThat(json(404, { error_code: 40403 }));
    await expect(registry.schemaById(7)).rejects.toThrow(
      "schema registry answered 404 (error code 40403) to GET /schemas/ids/7",
    );
  });
});

describe("a registry that is away", () => {
  test("does not listen", async () => {
    const { registry } = await registryThat(json(200, {}));
    await new Promise((resolve) => server?.close(resolve));
    await expect(registry.schemaById(7)).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE", retriable: true });
  });

  test("never answers", async () => {
    const { registry } = await registryThat(() => {}, 50);
    await expect(registry.schemaById(7)).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
  });

  test("stops in the middle of its answer", async () => {
    const halfAnswer: Answer = (_, response) => void response.writeHead(200).write('{"schema":');
    const { registry } = await registryThat(halfAnswer, 50);
    await expect(registry.schemaById(7)).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
  });

  test("cuts the connection", async () => {
    const { registry } = await registryThat((request) => request.socket.destroy());
    await expect(registry.schemaById(7)).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
  });
});
