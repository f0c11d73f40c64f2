import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { generate } from "selfsigned";
import { afterAll, beforeAll, expect, test } from "vitest";

let server: Server;
let url: string;
let authority: string;

beforeAll(async () => {
  const { cert, private: key } = await generate([{ name: "commonName", value: "127.0.0.1" }], {
    extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
  });
  authority = join(mkdtempSync(join(tmpdir(), "registry-")), "ca.pem");
  writeFileSync(authority, cert);
  server = createServer({ cert, key }, (_, response) => response.end('{"schema":"\\"string\\""}'));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

/** What a process of its own makes of the registry: Node reads NODE_EXTRA_CA_CERTS when it starts. */
async function askedWith(env: Readonly<Record<string, string>>): Promise<string> {
  const library = join(import.meta.dirname, "../../../shared/schema-registry/index.ts");
  const script = `
    import { createSchemaRegistry } from ${JSON.stringify(library)};
    const registry = createSchemaRegistry({ url: ${JSON.stringify(url)}, attempts: 1 });
    process.stdout.write(await registry.schemaById(1).then(({ schema }) => schema, ({ code }) => code));
  `;
  const run = promisify(execFile);
  return (await run(process.execPath, ["--input-type=module-typescript", "-e", script], { env })).stdout;
}

test("an authority of one's own is trusted by NODE_EXTRA_CA_CERTS", async () => {
  expect(await askedWith({ NODE_EXTRA_CA_CERTS: authority })).toBe('"string"');
});

test("a certificate of an unknown authority is REGISTRY_UNAVAILABLE", async () => {
  expect(await askedWith({})).toBe("REGISTRY_UNAVAILABLE");
});
