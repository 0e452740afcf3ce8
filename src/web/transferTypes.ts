/** How far a transfer has come; `target` is the place in its list, from 0. */
export type TransferStep =
  | { readonly step: "requested"; readonly by: TransferAsker }
  | {
    readonly step: "ringing" | "answered" | "accepted" | "connected";
    readonly target?: number;
  }
  | { readonly step: "agent_absent" }
  | { readonly step: "failed"; readonly why: string }
  | { readonly step: "ended"; readonly spokeMs: number };

/** How caller and person meet. */
export type TransferMode = "cold" | "warm" | "conference";

export type TransferAsker = "agent" | "operator";

/** One transfer of a call; times are ISO 8601. */
export interface RecordedTransfer {
  /** Counts the transfers of the call, from 1. */
  readonly number: number;
  readonly mode: TransferMode;
  readonly alias: string;
  readonly by: TransferAsker;
  readonly step: string;
  readonly why: string | null;
  readonly spokeMs: number | null;
  readonly requestedAt: string;
  readonly ringingAt: string | null;
  readonly answeredAt: string | null;
  readonly acceptedAt: string | null;
  readonly connectedAt: string | null;
  readonly agentAbsentAt: string | null;
  readonly overAt: string | null;
}
