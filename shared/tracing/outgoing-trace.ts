import { randomBytes } from "node:crypto";
import type { SpanContext } from "@opentelemetry/api";
import { openTelemetry } from "./open-telemetry.ts";
import { formatTraceparent, parseTraceparent } from "./traceparent.ts";

/** The headers of W3C Trace Context: where a trace stands, and what vendors say about it. */
export interface TraceHeaders {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** Trace headers as they come from outside: either may be missing or wrong; e.g. the headers of an HTTP request. */
export interface IncomingTrace {
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

/**
 * The trace that an outgoing event continues: the active span's; without one the first of the incoming ones that is
 * valid, handed on in version 00 as a participant without spans of its own shall; else a new one.
 *
 * A new trace is marked as sampled, so that a tracer further down that follows its parent's decision records it. Of a
 * wrong tracestate the members that are valid are kept.
 *
 * @param incoming the traces of what caused the event
 * @see https://www.w3.org/TR/trace-context/#mutating-the-traceparent-field
 */
export async function outgoingTrace(...incoming: readonly IncomingTrace[]): Promise<TraceHeaders> {
  const active = await activeSpanContext();
  if (active !== undefined) return headersOf(formatTraceparent(active), active.traceState?.serialize());
  for (const { traceparent, tracestate } of incoming) {
    const parsed = traceparent === undefined ? undefined : parseTraceparent(traceparent);
    // Written anew: of a later version's, anything may follow what was read, of any length.
    if (parsed !== undefined) return headersOf(formatTraceparent(parsed), tracestate && (await validated(tracestate)));
  }
  return headersOf(
    formatTraceparent({
      traceId: randomBytes(16).toString("hex"),
      spanId: randomBytes(8).toString("hex"),
      traceFlags: 1,
    }),
  );
}

/** The context of the active span, if there is a valid one. */
export async function activeSpanContext(): Promise<SpanContext | undefined> {
  const trace = (await openTelemetry())?.trace;
  const active = trace?.getActiveSpan()?.spanContext();
  return active && trace?.isSpanContextValid(active) ? active : undefined;
}

async function validated(tracestate: string): Promise<string> {
  const { createTraceState } = await import("@opentelemetry/api");
  return createTraceState(tracestate).serialize();
}

function headersOf(traceparent: string, tracestate?: string): TraceHeaders {
  return tracestate ? { traceparent, tracestate } : { traceparent };
}
