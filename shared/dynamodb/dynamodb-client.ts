import { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** One repetition by the SDK for a cut connection; further ones are its caller's, who knows the deadline. */
const maxAttempts = 2;
const connectionTimeoutMs = 1_000;
/** DynamoDB answers in milliseconds. A call ends after 2 attempts × (1 s + 3 s) = 8 s, inside what a function has. */
const requestTimeoutMs = 3_000;

/**
 * A DynamoDB client for a function that must be done before a deadline: two attempts a call, 1 s to connect, 3 s for an
 * answer. Region, endpoint and credentials come from the environment as the AWS SDK reads it.
 */
export function createDynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts,
    requestHandler: {
      connectionTimeout: connectionTimeoutMs,
      requestTimeout: requestTimeoutMs,
      // Without it the SDK warns about an overdue answer and keeps waiting.
      throwOnRequestTimeout: true,
    },
  });
}
