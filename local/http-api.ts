import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, METHODS, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import createRouter, { type HTTPMethod } from "find-my-way";
import * as v from "valibot";
import { BackboneError } from "../shared/errors.ts";
import type { Functions } from "./functions.ts";
import type { LocalFunction } from "./lambda/local-function.ts";
import { listenHere } from "./parts/ports.ts";
import type { Assembly } from "./template/assembly.ts";
import { localAccount, type Resolve } from "./template/resolve.ts";

export interface HttpApiOptions {
  readonly assembly: Assembly;
  readonly resolve: Resolve;
  readonly functions: Functions;
  readonly port: number;
}

export interface HttpApi {
  readonly url: string;
  readonly routes: readonly string[];
  stop(): Promise<void>;
}

/** Quotas of HTTP APIs: payload 10 MB, integration time-out 30 s. Source: "Quotas for HTTP APIs", API Gateway guide. */
const maxBodyBytes = 10 * 1024 * 1024;
const integrationTimeoutMs = 30_000;
/** "Total combined size of request line and header values"; a router's own bound would make long ids unknown paths. */
const maxPathParameterLength = 10_240;

const resultSchema = v.looseObject({
  statusCode: v.number(),
  headers: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])), {}),
  cookies: v.optional(v.array(v.string()), []),
  body: v.optional(v.string(), ""),
  isBase64Encoded: v.optional(v.boolean(), false),
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer | string;
}

/** Serves the routes of the templates' HTTP API on 127.0.0.1 as API Gateway does (payload format 2.0). */
export async function startHttpApi(options: HttpApiOptions): Promise<HttpApi> {
  const router = createRouter({
    maxParamLength: maxPathParameterLength,
    defaultRoute: (_, response) => send(response, message(404, "Not Found")),
  });
  const routes = options.assembly.resourcesOf("AWS::ApiGatewayV2::Route").map(({ stack, properties }) => {
    const routeKey = String(properties.RouteKey);
    const [method = "", path = ""] = routeKey.split(" ");
    const target = options.functions.get(integrationOf(options, stack.name, properties.Target));
    const pattern = path.replaceAll(/\{([^}]+)\}/g, ":$1"); // {orderId} → :orderId
    if (!isHttpMethod(method) || path.includes("+}"))
      throw new BackboneError(
        "TEMPLATE_UNSUPPORTED",
        `the route ${routeKey} has no HTTP method of its own, or a greedy path`,
      );
    router.on(method, pattern, (request, response, params) => {
      serve(request, routeKey, params, target)
        .then((answer) => send(response, answer))
        // A client that went away in mid-body has nobody left to answer to.
        .catch(() => response.destroy());
    });
    return routeKey;
  });
  const server: Server = createServer((request, response) => {
    const url = routedUrl(request.url ?? "/");
    if (url === undefined) return send(response, message(400, "Bad Request"));
    request.url = url;
    router.lookup(request, response);
  });
  await listenHere(server, options.port);
  return {
    url: `http://127.0.0.1:${options.port}`,
    routes,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * A URL as HTTP APIs route it: its path is decoded first, so that an encoded slash parts it and an encoded question mark
 * ends it. Encoded again, but for these, since the router decodes what comes between slashes.
 */
function routedUrl(requested: string): string | undefined {
  try {
    const { pathname, search } = new URL(`http://127.0.0.1${requested}`);
    const [path = ""] = decodeURIComponent(pathname).split("?");
    return path.split("/").map(encodeURIComponent).join("/") + search;
  } catch {
    return undefined;
  }
}

function isHttpMethod(method: string): method is HTTPMethod {
  return METHODS.includes(method);
}

/** The ARN of the function behind a route: `integrations/<id>` names an integration whose URI is the function. */
function integrationOf({ assembly, resolve }: HttpApiOptions, stackName: string, target: unknown): string {
  const stack = assembly.stacks.find(({ name }) => name === stackName);
  const id = stack === undefined ? "" : String(resolve(stack, target)).replace("integrations/", "");
  const integration = stack?.resources.get(id);
  if (stack === undefined || integration === undefined || integration.properties.PayloadFormatVersion !== "2.0")
    throw new BackboneError(
      "TEMPLATE_UNSUPPORTED",
      `the route target ${id} is no Lambda integration with payload format 2.0`,
    );
  return String(resolve(stack, integration.properties.IntegrationUri));
}

async function serve(
  request: IncomingMessage,
  routeKey: string,
  pathParameters: Readonly<Record<string, string | undefined>>,
  target: LocalFunction,
): Promise<Answer> {
  const body = await buffer(request);
  if (body.length > maxBodyBytes) return message(413, "Request Too Long");
  const timeout = new Promise<"timeout">((resolve) => setTimeout(resolve, integrationTimeoutMs, "timeout").unref());
  const result = await Promise.race([target.invoke(toEvent(request, body, routeKey, pathParameters)), timeout]);
  if (result === "timeout") return message(503, "Service Unavailable");
  if (!result.ok) return message(500, "Internal Server Error");
  // A payload without a status code is the body of a 200.
  if (!v.is(v.looseObject({ statusCode: v.unknown() }), result.payload))
    return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(result.payload) };
  const parsed = v.safeParse(resultSchema, result.payload);
  if (!parsed.success) return message(500, "Internal Server Error");
  const { statusCode, headers, cookies, body: text, isBase64Encoded } = parsed.output;
  return {
    status: statusCode,
    headers: {
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      ...(cookies.length === 0 ? {} : { "set-cookie": cookies }),
    },
    body: isBase64Encoded ? Buffer.from(text, "base64") : text,
  };
}

/** Payload format 2.0. Source: "Create AWS Lambda proxy integrations for HTTP APIs", API Gateway guide. */
function toEvent(
  request: IncomingMessage,
  body: Buffer,
  routeKey: string,
  pathParameters: Readonly<Record<string, string | undefined>>,
): object {
  const url = new URL(`http://127.0.0.1${request.url}`);
  const path = decodeURIComponent(url.pathname);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : value]),
  );
  const isText = /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded)|.*\+json)/i.test(
    headers["content-type"] ?? "text/",
  );
  const now = new Date();
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString: url.search.slice(1),
    headers,
    ...(url.search === "" ? {} : { queryStringParameters: queryParameters(url) }),
    ...(Object.keys(pathParameters).length === 0 ? {} : { pathParameters }),
    requestContext: {
      accountId: localAccount,
      apiId: "local",
      domainName: headers.host ?? "127.0.0.1",
      domainPrefix: "local",
      http: {
        method: request.method ?? "GET",
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey,
      stage: "$default",
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** Values of a repeated parameter are joined with commas. */
function queryParameters({ searchParams }: URL): Record<string, string> {
  return Object.fromEntries(
    [...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name).join(",")]),
  );
}

function message(status: number, text: string): Answer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify({ message: text }) };
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers).end(body);
}
