import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type HttpApi, startHttpApi } from "../../../local/http-api.ts";
import type { InvocationResult } from "../../../local/lambda/messages.ts";
import { freePorts } from "../../../local/parts/ports.ts";
import { localResources } from "../../../local/template/local-resources.ts";
import { createResolver } from "../../../local/template/resolve.ts";
import { assemblyOf, stackOf } from "../../fixtures/templates.ts";
import { fakeFunction } from "./fake-function.ts";

const route = (routeKey: string) => ({
  Type: "AWS::ApiGatewayV2::Route",
  Properties: { RouteKey: routeKey, Target: { "Fn::Join": ["/", ["integrations", { Ref: "Integration" }]] } },
});
const stack = stackOf("services", {
  Orders: { Type: "AWS::Lambda::Function" },
  Integration: {
    Type: "AWS::ApiGatewayV2::Integration",
    Properties: { PayloadFormatVersion: "2.0", IntegrationUri: { "Fn::GetAtt": ["Orders", "Arn"] } },
  },
  Post: route("POST /orders"),
  Get: route("GET /customers/{customerId}/orders/{orderId}"),
});

const apis: HttpApi[] = [];
afterEach(() => Promise.all(apis.splice(0).map((api) => api.stop())));

/** An API on a free port, whose function gives the answer and remembers its events. */
async function setUp(answer: InvocationResult = { ok: true, payload: { statusCode: 200 } }) {
  const events: unknown[] = [];
  const target = fakeFunction((event) => {
    events.push(event);
    return answer;
  });
  const assembly = assemblyOf(stack);
  const ports = await freePorts();
  const resolve = createResolver(assembly, localResources(ports));
  const get = vi.fn(() => target);
  const functions = { get, running: () => [target], stop: async () => {} };
  const api = await startHttpApi({ assembly, resolve, functions, port: ports.api });
  apis.push(api);
  return { api, events, get, port: ports.api };
}

const post = (api: HttpApi, body: string | Uint8Array<ArrayBuffer>, contentType: string) =>
  fetch(`${api.url}/orders`, { method: "POST", headers: { "content-type": contentType }, body });

const returns = (payload: unknown): InvocationResult => ({ ok: true, payload });

describe("the HTTP API's event", () => {
  it("comes from the templates' routes and names the function of their integration", async () => {
    const { api, get } = await setUp();
    expect(api.routes).toEqual(["POST /orders", "GET /customers/{customerId}/orders/{orderId}"]);
    expect(get).toHaveBeenCalledWith("arn:aws:lambda:eu-central-1:000000000000:function:Orders");
  });

  it("has headers, query, path parameters and the request's context in payload format 2.0", async () => {
    const { api, events } = await setUp();
    await fetch(`${api.url}/customers/C%201/orders/7?from=2026&note=a%20b&from=2027`, { headers: { "X-Trace": "t" } });
    const [event] = events;
    expect(event).toMatchObject({
      version: "2.0",
      routeKey: "GET /customers/{customerId}/orders/{orderId}",
      rawQueryString: "from=2026&note=a%20b&from=2027",
      queryStringParameters: { from: "2026,2027", note: "a b" },
      pathParameters: { customerId: "C 1", orderId: "7" },
      headers: { "x-trace": "t", host: expect.stringMatching(/^127\.0\.0\.1:/) },
      requestContext: {
        http: { method: "GET", protocol: "HTTP/1.1", sourceIp: "127.0.0.1" },
        routeKey: "GET /customers/{customerId}/orders/{orderId}",
        stage: "$default",
      },
      isBase64Encoded: false,
    });
    expect(event).not.toHaveProperty("body");
  });

  it("has the path decoded, as it is routed", async () => {
    const { api, events } = await setUp();
    await fetch(`${api.url}/customers/C%201/orders/%C3%A9%3Fa%3Db?note=a%20b`);
    expect(events).toMatchObject([
      {
        rawPath: "/customers/C 1/orders/é",
        rawQueryString: "note=a%20b",
        pathParameters: { customerId: "C 1", orderId: "é" },
        requestContext: { http: { path: "/customers/C 1/orders/é" } },
      },
    ]);
  });

  it("has path parameters of any length", async () => {
    const { api, events } = await setUp();
    await fetch(`${api.url}/customers/C/orders/${encodeURIComponent("é".repeat(1_000))}`);
    expect(events).toMatchObject([{ pathParameters: { orderId: "é".repeat(1_000) } }]);
  });

  it.each(["application/json", "application/cloudevents+json; charset=utf-8", "text/plain"])(
    "has a body of %s as text",
    async (contentType) => {
      const { api, events } = await setUp();
      await post(api, '{"é":1}', contentType);
      expect(events).toMatchObject([{ body: '{"é":1}', isBase64Encoded: false }]);
    },
  );

  it("has a body of a binary type as base64", async () => {
    const { api, events } = await setUp();
    await post(api, new Uint8Array([0, 255, 128]), "application/octet-stream");
    expect(events).toMatchObject([{ body: "AP+A", isBase64Encoded: true }]);
  });
});

describe("the HTTP API's response", () => {
  it("has the status, headers, cookies and body that the function returns", async () => {
    const headers = { "Content-Type": "text/plain", "x-count": 3 };
    const payload = { statusCode: 202, headers, cookies: ["a=1; Path=/", "b=2"], body: "done" };
    const { api } = await setUp(returns(payload));
    const response = await post(api, "{}", "application/json");
    expect(response.status).toBe(202);
    expect(Object.fromEntries(response.headers)).toMatchObject({ "content-type": "text/plain", "x-count": "3" });
    expect(response.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2"]);
    expect(await response.text()).toBe("done");
  });

  it("has the bytes of a base64 body", async () => {
    const { api } = await setUp(returns({ statusCode: 200, body: "AP+A", isBase64Encoded: true }));
    const response = await post(api, "{}", "application/json");
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255, 128]));
  });

  it("is a 200 with the payload as JSON where that has no status code", async () => {
    const { api } = await setUp(returns({ orderId: "7" }));
    const response = await post(api, "{}", "application/json");
    expect([response.status, await response.json()]).toEqual([200, { orderId: "7" }]);
  });

  it("is a 500 where its status code is none", async () => {
    const { api } = await setUp(returns({ statusCode: "200" }));
    expect((await post(api, "{}", "application/json")).status).toBe(500);
  });

  it("is a 404 for a path or a method without a route, and no function is invoked", async () => {
    const { api, events } = await setUp();
    const responses = await Promise.all([fetch(`${api.url}/nowhere`), fetch(`${api.url}/orders`)]);
    expect(responses.map(({ status }) => status)).toEqual([404, 404]);
    expect(await responses[0]?.json()).toEqual({ message: "Not Found" });
    expect(events).toEqual([]);
  });

  it("is a 404 for an encoded slash in a path parameter, since the path is decoded before it is routed", async () => {
    const { api, events } = await setUp();
    expect((await fetch(`${api.url}/customers/C/orders/a%2Fb`)).status).toBe(404);
    expect(events).toEqual([]);
  });

  it("is a 400 for a path that cannot be decoded", async () => {
    const { api, events } = await setUp();
    const response = await fetch(`${api.url}/customers/C/orders/%E0%A4%A`);
    expect([response.status, await response.json()]).toEqual([400, { message: "Bad Request" }]);
    expect(events).toEqual([]);
  });

  it("is a 413 for a body of more than 10 MB, and no function is invoked", async () => {
    const { api, events } = await setUp();
    const response = await post(api, new Uint8Array(10 * 1024 * 1024 + 1), "application/octet-stream");
    expect(response.status).toBe(413);
    expect(events).toEqual([]);
  });

  it("is a 500 without the function's error when that fails", async () => {
    const { api } = await setUp({ ok: false, error: { errorType: "Error", errorMessage: "secret" } });
    const response = await post(api, "{}", "application/json");
    expect([response.status, await response.json()]).toEqual([500, { message: "Internal Server Error" }]);
  });
});

describe("a client that goes away in mid-body", () => {
  const unhandled = vi.fn<(reason: unknown) => void>();
  afterEach(() => process.off("unhandledRejection", unhandled));

  it("invokes nothing, rejects nowhere, and the next request is served", async () => {
    process.on("unhandledRejection", unhandled);
    const { api, events, port } = await setUp();
    const socket = connect(port, "127.0.0.1");
    socket.resume();
    // ends with 90 bytes still to come
    socket.end("POST /orders HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{12345678}");
    await once(socket, "close");
    expect((await post(api, '{"next":1}', "application/json")).status).toBe(200);
    expect(events).toMatchObject([{ body: '{"next":1}' }]);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
