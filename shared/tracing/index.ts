export { type IncomingTrace, outgoingTrace, type TraceHeaders } from "./outgoing-trace.ts";
export { formatTraceparent, parseTraceparent } from "./traceparent.ts";
