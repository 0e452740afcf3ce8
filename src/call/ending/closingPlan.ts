import type * as prompts from "../model/prompts.ts";
import type { ResponseRequest } from "../realtimeClient.ts";
import type { TransferAsker } from "../transfer.ts";
import type { CallEnd, Milliseconds } from "../types.ts";

/** How a call ends when the caller has heard the agent out; `transferred` takes the alias as detail. */
export interface ClosingPlan {
  readonly end: CallEnd;
  /** What the agent still has to say, if anything. */
  readonly say?: ResponseRequest | undefined;
  /** Whether the caller can take it back by speaking. */
  readonly revocable: boolean;
  /** Who wants the caller to be transferred; the agent unless given. */
  readonly by?: TransferAsker;
  /** What the person is to be told. */
  readonly brief?: string | undefined;
  /** The message to the model then; only what the caller begins anew takes such an end back. */
  readonly onRevoked?: prompts.ModelNote;
}

/** What the caller has to hear before the call ends. */
export interface LastSentences {
  /** Has it said; false where there is nothing. */
  sayLast(end: CallEnd, now: Milliseconds): boolean;
}

/** Is told of a transfer before the words that announce it. */
export interface TransferAnnounced {
  requested(alias: string, by: TransferAsker, brief?: string): void;
  /** Nobody has been called for it, nor will be. */
  withdrawn(): void;
}

/** State of the call from which `Closing` derives whether it is idle. */
export interface Activity {
  /** Caller and model can hear each other. */
  readonly listening: boolean;
  /** A response is due or running, a tool runs, or the caller speaks. */
  readonly working: boolean;
  /** There is a model, or soon will be. */
  readonly modelExpected: boolean;
  /** Whether a lost connection has left words unsaid. */
  readonly owed: boolean;
  /** The caller speaks by the level of the line, whatever the model reports. */
  readonly loud: boolean;
  /** Tools were called since the caller gave a sign, and whether any more may be. */
  readonly tools: { readonly used: boolean; readonly exhausted: boolean };
}
