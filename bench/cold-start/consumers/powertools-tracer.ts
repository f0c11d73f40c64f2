import { Tracer } from "@aws-lambda-powertools/tracer";
import { handler as withoutTracer } from "./powertools.ts";

const tracer = new Tracer();

/** The same consumer, in a segment of X-Ray. */
export async function handler(...args: Parameters<typeof withoutTracer>): Promise<unknown> {
  return tracer.provider.captureAsyncFunc("consume", () => withoutTracer(...args));
}
