export { type OutboxItem, type OutboxWriteOptions, outboxWrite, readOutboxItem, type UnsentRecord } from "./item.ts";
export { type OutboxItemKey, outboxItemKey } from "./item-keys.ts";
export { createOutboxRelay, type OutboxRelay, type OutboxRelayOptions, type RelayedKey, type Sweep } from "./relay.ts";
