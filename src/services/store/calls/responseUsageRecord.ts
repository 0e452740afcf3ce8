import type { TokenUsage } from "../../../call/realtimeClient.ts";

/** What one response of the model has used. */
export interface ResponseUsageRecord {
  /** When it was over, since the call began. */
  readonly atMs: number;
  /** The turn that it has said; absent where it has said nothing. */
  readonly itemId?: string;
  readonly model?: string;
  readonly usage: TokenUsage;
  /** Dollars; absent where the price was not known. */
  readonly usd?: number;
}

export interface ResponseUsageWrite {
  readonly type: "responseUsage";
  readonly sequence: number;
  readonly response: ResponseUsageRecord;
}
