import type { LocalFunction } from "../../../local/lambda/local-function.ts";
import type { InvocationResult } from "../../../local/lambda/messages.ts";
import { stackOf } from "../../fixtures/templates.ts";

/** A local function without a process: the test answers its invocations. */
export function fakeFunction(invoke: (event: unknown) => InvocationResult | Promise<InvocationResult>): LocalFunction {
  return {
    definition: {
      resource: { stack: stackOf("services", {}), logicalId: "Fake", type: "AWS::Lambda::Function", properties: {} },
      name: "fake",
      arn: "arn:aws:lambda:r:a:function:fake",
      bundle: "/nowhere/index.mjs",
      exportName: "handler",
      memoryMb: 128,
      timeoutMs: 3_000,
      environment: {},
    },
    invoke: async (event) => invoke(event),
    pids: () => [],
    stop: async () => {},
  };
}
