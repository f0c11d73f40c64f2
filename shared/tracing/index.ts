export { openTelemetry } from "./open-telemetry.ts";
export { activeSpanContext, type IncomingTrace, outgoingTrace, type TraceHeaders } from "./outgoing-trace.ts";
export { formatTraceparent, parseTraceparent } from "./traceparent.ts";
