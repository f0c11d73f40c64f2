import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";
import { createSchemaRegistry, type SchemaRegistryOptions } from "../../../shared/schema-registry/index.ts";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server | undefined;

afterEach(stopRegistry);

export async function stopRegistry(): Promise<void> {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A registry that answers as the test says, one answer after the other and the last for ever, and what it was asked. */
export async function registryThat(answers: Answer | readonly Answer[], options: Partial<SchemaRegistryOptions> = {}) {
  const requests: Asked[] = [];
  const started = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { method = "", url = "", headers } = request;
    requests.push({ method, path: url, headers, body: Buffer.concat(chunks).toString() });
    const list = [answers].flat();
    list[Math.min(requests.length, list.length) - 1]?.(request, response);
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  const { port } = started.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  // An answer that a busy machine gives late is an answer: only tests about time have less of it.
  const patient = { timeoutMs: 15_000, attemptTimeoutMs: 15_000, backoffMs: 1 };
  return { url, requests, registry: createSchemaRegistry({ url, ...patient, ...options }) };
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_, response) => {
    const contentType = { "content-type": "application/vnd.schemaregistry.v1+json" };
    response.writeHead(status, { ...contentType, ...headers }).end(JSON.stringify(body));
  };
}
