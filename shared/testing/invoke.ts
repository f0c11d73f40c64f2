import type { Context } from "aws-lambda";

export interface InvokeOptions {
  /** Time that the function has, in milliseconds; the context counts it down. @default 30000 */
  readonly timeoutMs?: number;
  /** Members of the context that differ. @default none */
  readonly context?: Partial<Context>;
}

/**
 * Runs a handler as Lambda does: with a copy of the event that has been through JSON, and a context.
 *
 * @returns what the handler resolves to; it rejects with what the handler throws
 */
export async function invoke<Event, Result>(
  handler: (event: Event, context: Context) => Promise<Result>,
  event: Event,
  { timeoutMs = 30_000, context = {} }: InvokeOptions = {},
): Promise<Result> {
  return handler(JSON.parse(JSON.stringify(event)), { ...testContext(timeoutMs), ...context });
}

function testContext(timeoutMs: number): Context {
  const end = performance.now() + timeoutMs;
  // Of the callbacks, Node 24's runtime has none any more.
  const gone = () => {
    throw new Error("the context of Lambda has no callbacks");
  };
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: "function-under-test",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:function-under-test",
    memoryLimitInMB: "512",
    awsRequestId: crypto.randomUUID(),
    logGroupName: "/aws/lambda/function-under-test",
    logStreamName: "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
    getRemainingTimeInMillis: () => Math.max(0, end - performance.now()),
    done: gone,
    fail: gone,
    succeed: gone,
  };
}
