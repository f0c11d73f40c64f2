import { withCauses } from "../causes.ts";
import { BackboneError } from "../errors.ts";

/** Node's codes for a network that does not carry the request or its answer. */
const networkCodes = new Set([
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  // those of fetch
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_SOCKET",
]);

/**
 * Names of AWS errors that say nothing about the record: throttling, a conflict with another request, a table or a
 * permission that a deployment has not brought (yet). No record goes to the dead-letter topic for a missing grant.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
const awsNames = new Set([
  "AbortError",
  "AccessDeniedException",
  "CredentialsProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "IdempotentParameterMismatchException",
  "IncompleteSignatureException",
  "InternalServerError",
  "InvalidSignatureException",
  "LimitExceededException",
  "MissingAuthenticationTokenException",
  "NetworkingError",
  "ProvisionedThroughputExceededException",
  "ReplicatedWriteConflictException",
  "RequestLimitExceeded",
  "RequestTimeout",
  "RequestTimeoutException",
  "ResourceNotFoundException",
  "ServiceUnavailable",
  "ServiceUnavailableException",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TimeoutError",
  "TooManyRequestsException",
  "TransactionCanceledException",
  "TransactionConflictException",
  "TransactionInProgressException",
  "UnrecognizedClientException",
]);

/** Those of them that a table which is missing or not granted gives to a whole call. */
const ofOneTable = new Set(["AccessDeniedException", "ResourceNotFoundException"]);

/**
 * Whether an error lies in the surroundings (the record comes again) or in the record and the code that handles it.
 *
 * The one place that decides this, for errors of this project, of the AWS SDK and of Node, and for errors that were
 * caused by one of them.
 */
export function isOfSurroundings(error: unknown): boolean {
  for (const one of withCauses(error)) {
    if (one instanceof BackboneError) return one.retriable;
    if (awsNames.has(one.name) || networkCodes.has(codeOf(one)) || isServerFault(one)) return true;
  }
  return false;
}

/** Whether an answer of DynamoDB speaks of one table, without saying which: others in the call are not concerned. */
export function isOfOneTable(error: unknown): boolean {
  return error instanceof Error && ofOneTable.has(error.name);
}

/** The same error as one of this project's family, for outcomes and logs. */
export function surroundingsError(error: unknown): BackboneError {
  if (error instanceof BackboneError) return error;
  const what = error instanceof Error ? codeOf(error) || error.name : typeof error;
  return new BackboneError("DATABASE_UNAVAILABLE", `a read or the commit of the effects failed: ${what}`, {
    cause: error,
  });
}

/** What to report of two failures in a row: that time ran out says less than what it ran out on. */
export function latestTrouble(earlier: BackboneError | undefined, latest: BackboneError): BackboneError {
  return latest.code === "DEADLINE_REACHED" && earlier?.retriable ? earlier : latest;
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

/** The AWS SDK's service exceptions carry who was at fault and the HTTP status of the answer. */
function isServerFault(error: Error): boolean {
  if ("$fault" in error && error.$fault === "server") return true;
  if (!("$metadata" in error) || typeof error.$metadata !== "object" || error.$metadata === null) return false;
  const { httpStatusCode } = error.$metadata as { httpStatusCode?: unknown };
  return typeof httpStatusCode === "number" && (httpStatusCode >= 500 || httpStatusCode === 429);
}
