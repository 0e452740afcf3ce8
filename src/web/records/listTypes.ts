import type { CallSummary } from "../apiTypes.ts";

export interface CallPage {
  readonly calls: readonly ListedCall[];
  readonly nextCursor: string | null;
  /** Calls whose words cannot be found yet. */
  readonly unindexed?: number;
}

/** A call of a list; where its words are looked for, with the line that has them. */
export interface ListedCall extends CallSummary {
  readonly found?: FoundWords;
}

export interface FoundWords {
  readonly role: "caller" | "agent";
  /** Counts from the start of the call. */
  readonly atMs: number;
  readonly text: string;
  /** Ranges of `text`, in order and apart. */
  readonly marks: readonly { readonly from: number; readonly to: number }[];
}

/** A tag, and how many calls have it. */
export interface KnownTag {
  readonly tag: string;
  readonly calls: number;
}
