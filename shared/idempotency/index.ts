export { createDynamoDbStore, type DynamoDbStoreOptions } from "./dynamodb-store.ts";
export { attemptsIdOf, claimIdOf, leaseIdOf } from "./item-ids.ts";
export type {
  CancellationReason,
  Claim,
  ClaimKey,
  Failures,
  IdempotencyStore,
  Lease,
  RecordFailures,
  RecordKey,
  TransactItem,
  TransactResult,
} from "./store.ts";
