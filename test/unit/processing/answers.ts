import type { CancellationReason, TransactResult } from "../../../shared/idempotency/index.ts";

export function cancelled(...reasons: CancellationReason[]): TransactResult {
  return { status: "cancelled", reasons };
}

export function awsError(name: string, httpStatusCode = 400): Error {
  return Object.assign(new Error("message of aws"), { name, $fault: "client", $metadata: { httpStatusCode } });
}
