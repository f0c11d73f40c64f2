export { claimedIdentity } from "./claimed-identity.ts";
export { isEvent } from "./content-mode.ts";
export { foreignHeadersOf } from "./foreign-headers.ts";
export { mayBeCalled } from "./media-type.ts";
export { partitionKey, type RecordKey } from "./record-key.ts";
export { toBinaryRecord } from "./to-binary-record.ts";
export { toEvent } from "./to-event.ts";
export { toStructuredRecord } from "./to-structured-record.ts";
