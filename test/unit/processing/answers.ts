import type { CancellationReason, TransactResult } from "../../../shared/idempotency/index.ts";

export function cancelled(...codes: CancellationReason["code"][]): TransactResult {
  return { status: "cancelled", reasons: codes.map((code) => ({ code })) };
}

export function awsError(name: string, httpStatusCode = 400): Error {
  return Object.assign(new Error("message of aws"), { name, $fault: "client", $metadata: { httpStatusCode } });
}
