import { once } from "node:events";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { type LatencyProxyOptions, startLatencyProxy } from "./latency-proxy.ts";

/** A latency proxy in a thread of its own: a contender that keeps its thread busy does not make the network slower. */
export async function startLatencyProxyThread(
  options: Pick<LatencyProxyOptions, "serverPort" | "delayMs">,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const thread = new Worker(new URL(import.meta.url), { workerData: options });
  const [port]: unknown[] = await once(thread, "message");
  return {
    port: Number(port),
    async stop() {
      await thread.terminate();
    },
  };
}

if (parentPort !== null) parentPort.postMessage((await startLatencyProxy(workerData)).port);
