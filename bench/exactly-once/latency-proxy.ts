import { connect, createServer, type Socket } from "node:net";
import { listenHere } from "../../local/parts/ports.ts";

export interface LatencyProxyOptions {
  /** Port on 127.0.0.1 that connections are handed on to. */
  readonly serverPort: number;
  /** Milliseconds by which bytes are late in each direction: a round trip takes twice as many more. */
  readonly delayMs: number;
  /** Runs something later. @default setTimeout */
  readonly later?: (run: () => void, delayMs: number) => void;
}

export interface LatencyProxy {
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** Cuts every connection and takes no more. */
  close(): Promise<void>;
}

/**
 * A TCP proxy on 127.0.0.1 that is as far away as a network makes a server: every piece of bytes arrives later by the
 * same time. Nothing waits for anything else, as on a network, so connections, and requests on one connection, overlap
 * as their client lets them; the order within a connection stays. It holds what is on its way in memory.
 */
export async function startLatencyProxy(options: LatencyProxyOptions): Promise<LatencyProxy> {
  const { serverPort, delayMs, later = setTimeout } = options;
  const sockets = new Set<Socket>();

  function handOn(from: Socket, to: Socket): void {
    const onTheWay: (() => void)[] = [];
    const send = (arrive: () => void) => {
      onTheWay.push(arrive);
      // Whichever timer fires first, what was sent first arrives first.
      later(() => onTheWay.shift()?.(), delayMs);
    };
    from.on("data", (bytes) => send(() => to.write(bytes)));
    from.on("end", () => send(() => to.end()));
    // A connection that breaks has no time of arrival.
    from.on("error", () => to.destroy());
    from.on("close", () => sockets.delete(from));
    sockets.add(from);
  }

  const listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const server = connect({ host: "127.0.0.1", port: serverPort, noDelay: true, allowHalfOpen: true });
    handOn(client, server);
    handOn(server, client);
  });
  return {
    port: await listenHere(listener),
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => listener.close(() => done()));
    },
  };
}
