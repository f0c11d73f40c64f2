import { isIP, type Socket } from "node:net";
import { connect } from "node:tls";
import type { ISocketFactory } from "kafkajs";

/** Where a broker listens. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Sockets that can be cut. kafkajs's own disconnect waits for the answers that are outstanding, and its retries open
 * new connections afterwards; here a closed client is closed.
 *
 * @param route where to connect to for a broker's address; the certificate is checked against the latter
 */
export function trackedSockets(route: (broker: BrokerAddress) => BrokerAddress) {
  const sockets = new Map<Socket, string>();
  let closed = false;
  const factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (closed) throw new Error("the client is closed");
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = connect({ ...route({ host, port }), ...servername, ...ssl }, onConnect);
    socket.setKeepAlive(true, 60_000);
    socket.setNoDelay(true);
    sockets.set(socket, `${host}:${port}`);
    socket.once("close", () => sockets.delete(socket));
    return socket;
  };
  return {
    factory,
    isClosed: () => closed,
    /** @param broker its address as "host:port" */
    cut: (broker: string, reason: string) => {
      // The error makes kafkajs drop the connection's timers and fail what is in flight.
      for (const [socket, address] of sockets) if (address === broker) socket.destroy(new Error(reason));
    },
    close: () => {
      closed = true;
      for (const socket of sockets.keys()) socket.destroy(new Error("the client is closed"));
    },
  };
}
