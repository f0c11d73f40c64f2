/** One invocation, as the runner sends it to an execution environment. */
export interface Invocation {
  readonly requestId: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  /** Epoch ms at which the function's timeout ends the invocation. */
  readonly deadlineMs: number;
  readonly event: unknown;
}

/** The error document of a function, as Lambda returns it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stackTrace?: readonly string[];
}

/** What an execution environment answers. */
export type RuntimeMessage =
  | { readonly type: "ready"; readonly pid: number }
  | { readonly type: "initFailed"; readonly error: FunctionError }
  | { readonly type: "result"; readonly requestId: string; readonly payload: unknown }
  | { readonly type: "error"; readonly requestId: string; readonly error: FunctionError };

/** The outcome of an invocation: what the handler returned, or why it did not. */
export type InvocationResult =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly error: FunctionError };
