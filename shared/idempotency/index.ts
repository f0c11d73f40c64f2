export { claimIdOf } from "./claim-id.ts";
export { createDocumentClient } from "./document-client.ts";
export { createDynamoDbStore, type DynamoDbStoreOptions } from "./dynamodb-store.ts";
export type { CancellationReason, Claim, ClaimKey, IdempotencyStore, TransactItem, TransactResult } from "./store.ts";
