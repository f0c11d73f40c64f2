import { connect, createServer, type Socket } from "node:net";
import { listenHere } from "../../local/parts/ports.ts";

/** A TCP proxy on 127.0.0.1 that loses what it is told to lose. It sees bytes alone, so TLS goes through it untouched. */
export interface TcpProxy {
  readonly port: number;
  /** Connections that were opened, ever. */
  connections(): number;
  /** Bytes of responses that were swallowed, ever. */
  swallowedBytes(): number;
  /** From now on requests reach the server, and its responses reach nobody, until the next `cut`. */
  swallowResponses(): void;
  /** From now on connections are taken and nothing of them is passed on, until what is returned is called. */
  hold(): () => void;
  /** Cuts every connection; new ones work. */
  cut(): void;
  /** Forgets every connection without a word, as a gateway does with an idle one: no byte passes, no end is told. */
  forget(): void;
  /** The server is away: open connections are reset, and new ones as they come, until `comeBack`. */
  goAway(): void;
  comeBack(): void;
  close(): Promise<void>;
}

interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  forgotten: boolean;
}

export async function startTcpProxy(serverPort: number): Promise<TcpProxy> {
  const connections = new Set<Connection>();
  let swallowing = false;
  let swallowed = 0;
  let opened = 0;
  let away = false;
  let released: Promise<void> = Promise.resolve();

  const listener = createServer({ noDelay: true }, (client) => {
    opened += 1;
    if (away) return void client.resetAndDestroy();
    // Nothing is read from it, and so nothing lost, before somebody listens to its data.
    void released.then(() => pass(client));
  });
  const pass = (client: Socket) => {
    const server = connect({ host: "127.0.0.1", port: serverPort, noDelay: true });
    const connection: Connection = { client, server, forgotten: false };
    connections.add(connection);
    client.on("data", (bytes) => {
      if (!connection.forgotten) server.write(bytes);
    });
    server.on("data", (bytes) => {
      if (swallowing) swallowed += bytes.length;
      else if (!connection.forgotten) client.write(bytes);
    });
    const end = () => {
      if (connection.forgotten) return;
      connections.delete(connection);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on("error", end).on("close", end);
  };
  const cut = () => {
    swallowing = false;
    for (const { client, server } of connections) {
      client.resetAndDestroy();
      server.destroy();
    }
    connections.clear();
  };

  return {
    port: await listenHere(listener),
    connections: () => opened,
    swallowedBytes: () => swallowed,
    swallowResponses: () => {
      swallowing = true;
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      released = promise;
      return resolve;
    },
    cut,
    forget: () => {
      for (const connection of connections) connection.forgotten = true;
    },
    goAway: () => {
      away = true;
      cut();
    },
    comeBack: () => {
      away = false;
    },
    close: () => {
      cut();
      return new Promise((done) => listener.close(() => done()));
    },
  };
}
