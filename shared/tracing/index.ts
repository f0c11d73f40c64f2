export { formatTraceparent, outgoingTraceparent, parseTraceparent } from "./traceparent.ts";
