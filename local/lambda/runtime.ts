// The process of one local execution environment: loads the handler of a deployed bundle and serves one invocation at
// a time over the message channel, as Lambda's runtime does. Arguments: the bundle's file, the handler's name.
import { pathToFileURL } from "node:url";
import type { Invocation, RuntimeMessage } from "./messages.ts";

const [, , file, exportName] = process.argv;
if (file === undefined || exportName === undefined) throw new Error("usage: runtime.ts BUNDLE HANDLER");

type Handler = (event: unknown, context: object) => unknown;

const send = (message: RuntimeMessage) => process.send?.(message);

const errorOf = (error: unknown) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, stackTrace: (error.stack ?? "").split("\n").slice(1) }
    : { errorType: "Error", errorMessage: String(error), stackTrace: [] };

function contextOf(invocation: Invocation): object {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: invocation.functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: invocation.functionArn,
    memoryLimitInMB: String(invocation.memoryMb),
    awsRequestId: invocation.requestId,
    logGroupName: `/aws/lambda/${invocation.functionName}`,
    logStreamName: String(process.pid),
    getRemainingTimeInMillis: () => invocation.deadlineMs - Date.now(),
  };
}

try {
  const module: Record<string, unknown> = await import(pathToFileURL(file).href);
  const handler = module[exportName];
  if (typeof handler !== "function") throw new Error(`the bundle exports no function named ${exportName}`);
  process.on("message", async (invocation: Invocation) => {
    try {
      const payload = (await (handler as Handler)(invocation.event, contextOf(invocation))) ?? null;
      send({ type: "result", requestId: invocation.requestId, payload });
    } catch (error) {
      send({ type: "error", requestId: invocation.requestId, error: errorOf(error) });
    }
  });
  send({ type: "ready", pid: process.pid });
} catch (error) {
  send({ type: "initFailed", error: errorOf(error) });
}
