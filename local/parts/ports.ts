import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { BackboneError } from "../../shared/errors.ts";

export const defaultPorts = { api: 3000, kafka: 9096, registry: 8081, dynamodb: 8000 } as const;

/** One port of 127.0.0.1 for each part. */
export type Ports = { readonly [part in keyof typeof defaultPorts | "controller"]: number };

/** Ports that are free, one for each part, as `freePort` gives them. */
export async function freePorts(): Promise<Ports> {
  return {
    api: await freePort(),
    kafka: await freePort(),
    registry: await freePort(),
    dynamodb: await freePort(),
    controller: await freePort(),
  };
}

// Below those that systems give to whoever asks for any port, a connection too: Linux from 32768 on, macOS from 49152 on.
const [firstFree, lastFree] = [10_240, 32_767];

/**
 * One port that is free. Until this process ends, no other call gives it, of another process neither: there is time before
 * a part listens on it, and while a part is away.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(firstFree, lastFree + 1);
    if (!(await claim(port))) continue;
    try {
      await (await listen(port)).close();
      return port;
    } catch (error) {
      // The claim keeps it from being tried again.
      if (!isTaken(error)) throw error;
    }
  }
}

/** Takes the UDP port of the number, which no part needs: the system gives it to one, and back when the process ends. */
async function claim(port: number): Promise<boolean> {
  const socket = createSocket("udp4").unref();
  try {
    await once(socket.bind({ port, address: "127.0.0.1", exclusive: true }), "listening");
    return true;
  } catch (error) {
    socket.close();
    if (!isTaken(error)) throw error;
    return false;
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
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
  return { ...defaultPorts, controller: await freePort() };
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
