import { randomBytes } from "node:crypto";
import { type SpanContext, trace } from "@opentelemetry/api";

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Reads a W3C `traceparent`; undefined if it is not valid, which the specification wants treated as absent.
 *
 * A version above 00 is read as far as version 00 goes.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function parseTraceparent(text: string): SpanContext | undefined {
  const parts = pattern.exec(text);
  if (parts === null) return undefined;
  const [, version, traceId = "", spanId = "", flags = "", rest] = parts;
  if (version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

/** Writes a span context as `traceparent` of version 00. */
export function formatTraceparent(context: SpanContext): string {
  return `00-${context.traceId}-${context.spanId}-${context.traceFlags.toString(16).padStart(2, "0")}`;
}

/**
 * The `traceparent` that an outgoing event carries: the active span's; without one the incoming header, handed on as
 * it came, as a participant without spans of its own shall; else that of a new trace.
 *
 * A new trace is marked as sampled, so that a tracer further down that follows its parent's decision records it.
 *
 * @param incoming `traceparent` of what caused the event, e.g. an HTTP header
 */
export function outgoingTraceparent(incoming?: string): string {
  const active = trace.getActiveSpan()?.spanContext();
  if (active !== undefined && trace.isSpanContextValid(active)) return formatTraceparent(active);
  if (incoming !== undefined && parseTraceparent(incoming) !== undefined) return incoming;
  return formatTraceparent({
    traceId: randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    traceFlags: 1,
  });
}
