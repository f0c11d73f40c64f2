export { type OutboxItem, type OutboxWriteOptions, outboxWrite, type UnsentRecord } from "./item.ts";
export { type OutboxItemKey, outboxItemKey } from "./item-keys.ts";
export { readOutboxItem } from "./read-item.ts";
export { createOutboxRelay, type OutboxRelay, type OutboxRelayOptions, type RelayedKey, type Sweep } from "./relay.ts";
