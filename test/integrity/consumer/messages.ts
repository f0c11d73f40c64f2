import type { MskEvent } from "../../../shared/msk-event/index.ts";

/** Where a consumer process is killed: before or after what, at which call of it. */
export type CrashPoint =
  | "before the decision"
  | "between decision and commit"
  | "commit sent, its answer not read"
  | "after the commit, before the response"
  | "after all commits, before the response"
  | "before the dead letter is sent"
  | "dead letter sent, its acknowledgement not read"
  | "after the dead letter, before the response";

export interface Crash {
  readonly at: CrashPoint;
  /** 1 for the first call that reaches the point. */
  readonly call: number;
}

/** A schema registry that answers sometimes. */
export interface RegistryAway {
  /** Share of the records, 0 to 1, whose schema cannot be had when they are decoded. */
  readonly share: number;
  readonly seed: number;
}

/** What a consumer process is built from. */
export interface ConsumerSettings {
  readonly consumerGroup: string;
  readonly claimsTable: string;
  readonly effectsTable: string;
  readonly deadLetterTopic: string;
  readonly brokerPort: number;
  /** Where the connections to the broker are led, if not to it. */
  readonly brokerRoutePort: number;
  readonly credentials: { readonly username: string; readonly password: string };
  readonly maxAttempts: number;
  readonly marginMs: number;
  readonly concurrency: number;
  /** The effects are carried out by the handler itself, outside of the engine's transactions. */
  readonly external: boolean;
  readonly registryAway?: RegistryAway;
  readonly crash?: Crash;
}

/** How many records of one invocation ended how, as its line of metrics says. */
export interface Counts {
  readonly received: number;
  readonly processed: number;
  readonly duplicate: number;
  readonly deadLettered: number;
  readonly unfinished: number;
}

export type ToConsumer =
  | { readonly type: "invoke"; readonly event: MskEvent; readonly timeoutMs: number }
  /** Answers to what "loseAnswers" named are lost from now on. */
  | { readonly type: "answersAreLost" };

export type FromConsumer =
  /** It can be invoked; what it is built from is loaded. */
  | { readonly type: "ready" }
  | { readonly type: "begun" }
  | {
      readonly type: "answered";
      readonly response: unknown;
      readonly counts: Counts;
      /** Codes and messages of what is unfinished. */
      readonly reasons: readonly string[];
    }
  | { readonly type: "failed"; readonly error: string }
  /** Asks to lose the answers of a part, and to be killed once one is lost. */
  | { readonly type: "loseAnswers"; readonly of: "dynamodb" | "broker" };
