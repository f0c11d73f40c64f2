import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { defaultPorts, fixedPorts, freePort, freePorts } from "../../../../local/parts/ports.ts";

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe("ports", () => {
  it("picks free ports that all differ", async () => {
    const ports = Object.values(await freePorts());
    expect(new Set(ports).size).toBe(5);
  });

  it("gives no port twice, though nobody listens on it yet", async () => {
    const ports = await Promise.all(Array.from({ length: 400 }, freePort));
    expect(new Set(ports).size).toBe(400);
  });

  it("names a default port that is taken, and what to do", async () => {
    const server = createServer();
    servers.push(server);
    // Whoever holds the port already makes the same point.
    await new Promise<void>((resolve) => {
      server.once("error", () => resolve());
      server.listen(defaultPorts.registry, "127.0.0.1", () => resolve());
    });
    await expect(fixedPorts()).rejects.toThrow(/port taken on 127\.0\.0\.1: .*8081 \(registry\).*--free-ports/);
  });
});
