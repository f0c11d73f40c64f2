import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startLatencyProxy } from "../../../bench/exactly-once/latency-proxy.ts";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

describe("startLatencyProxy", () => {
  it("holds bytes back for the delay, in each direction", async () => {
    const { client, server, held, release } = await connected();

    client.write("request");
    await vi.waitFor(() => expect(held).toEqual([7]), 10_000);
    expect(server.bytesRead).toBe(0);
    release();
    await vi.waitFor(() => expect(server.bytesRead).toBe(7), 10_000);

    server.write("answer");
    await vi.waitFor(() => expect(held).toHaveLength(1), 10_000);
    expect(client.bytesRead).toBe(0);
    release();
    await vi.waitFor(() => expect(client.bytesRead).toBe(6), 10_000);
  });

  it("takes more while something is on its way, and keeps the order whichever timer fires first", async () => {
    const { client, server, held, timers, release } = await connected();
    const received = text(server);

    for (const [index, piece] of ["one ", "two ", "three"].entries()) {
      client.write(piece);
      await vi.waitFor(() => expect(held).toHaveLength(index + 1), 10_000);
    }
    client.end();
    await vi.waitFor(() => expect(held).toHaveLength(4), 10_000);
    timers.reverse();
    release();

    expect(await received).toBe("one two three");
  });

  it("lets a connection that waits hold up no other", async () => {
    const { client, server, held, port, timers, listener } = await connected();
    client.write("slow");
    await vi.waitFor(() => expect(held).toHaveLength(1), 10_000);
    const accepted = once(listener, "connection");
    const other = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    cleanUps.push(() => other.destroy());
    const [otherServer]: Socket[] = await accepted;
    other.write("quick");
    await vi.waitFor(() => expect(held).toHaveLength(2), 10_000);

    timers[1]?.();

    await vi.waitFor(() => expect(otherServer?.bytesRead).toBe(5), 10_000);
    expect(server.bytesRead).toBe(0);
  });
});

/** A client and a server with a proxy between them whose time passes when it is told to. */
async function connected() {
  const listener = createServer({ allowHalfOpen: true });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has an address with a port");
  cleanUps.push(() => listener.close());

  const delayMs = 7;
  const held: number[] = [];
  const timers: (() => void)[] = [];
  const later = (run: () => void, ms: number) => {
    timers.push(run);
    held.push(ms);
  };
  const proxy = await startLatencyProxy({ serverPort: address.port, delayMs, later });
  cleanUps.push(() => proxy.close());
  const accepted = once(listener, "connection");
  const client = connect({ host: "127.0.0.1", port: proxy.port, allowHalfOpen: true });
  cleanUps.push(() => client.destroy());
  const [server]: Socket[] = await accepted;
  if (server === undefined) throw new Error("the proxy did not connect");
  cleanUps.push(() => server.destroy());
  return {
    client: client.resume(),
    server: server.resume(),
    held,
    timers,
    port: proxy.port,
    listener,
    release() {
      held.length = 0;
      for (const fire of timers.splice(0)) fire();
    },
  };
}
