import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { BackboneError } from "../../shared/errors.ts";

export const defaultPorts = { api: 3000, kafka: 9096, registry: 8081, dynamodb: 8000 } as const;

/** One port of 127.0.0.1 for each part. */
export type Ports = { readonly [part in keyof typeof defaultPorts | "controller"]: number };

/** Ports that are free now; held open together while they are picked, so that no two are the same. */
export async function freePorts(): Promise<Ports> {
  const servers = await Promise.all(Array.from({ length: 5 }, () => listen(0)));
  const [api, kafka, registry, dynamodb, controller] = servers.map(({ port }) => port) as [
    number,
    number,
    number,
    number,
    number,
  ];
  await Promise.all(servers.map(({ close }) => close()));
  return { api, kafka, registry, dynamodb, controller };
}

/** One port that is free now. */
export async function freePort(): Promise<number> {
  const { port, close } = await listen(0);
  await close();
  return port;
}

/**
 * The default ports; the controller's, which nobody connects to by hand, is always a free one.
 * @throws BackboneError PREREQUISITE_MISSING naming every port that is taken
 */
export async function fixedPorts(): Promise<Ports> {
  const taken: string[] = [];
  for (const [part, port] of Object.entries(defaultPorts)) {
    try {
      await (await listen(port)).close();
    } catch {
      taken.push(`${port} (${part})`);
    }
  }
  if (taken.length > 0)
    throw new BackboneError(
      "PREREQUISITE_MISSING",
      `port taken on 127.0.0.1: ${taken.join(", ")}. Stop what listens there (a backbone that still runs?), or pick free ports with: npm start -- --free-ports`,
    );
  return { ...defaultPorts, controller: (await freePorts()).controller };
}

async function listen(port: number): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer();
  const taken = await listenHere(server, port);
  return { port: taken, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Lets a server listen on a port of 127.0.0.1, 0 for one that is free, and gives the port; rejects if it is taken. */
export async function listenHere(server: Server, port = 0): Promise<number> {
  await once(server.listen(port, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has an address with a port");
  return address.port;
}
