export { toBinaryRecord } from "./to-binary-record.ts";
export { toEvent } from "./to-event.ts";
