export { createDynamoDbStore, type DynamoDbStoreOptions } from "./dynamodb-store.ts";
export { attemptsIdOf, claimIdOf, leaseIdOf } from "./item-ids.ts";
export type {
  Attempts,
  CancellationReason,
  Claim,
  ClaimKey,
  IdempotencyStore,
  Lease,
  RecordKey,
  TransactItem,
  TransactResult,
} from "./store.ts";
