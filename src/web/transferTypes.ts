/** How far a transfer has come. */
export type TransferStep =
  | { readonly step: "requested" | "ringing" | "answered" | "accepted" | "connected" }
  | { readonly step: "failed"; readonly why: string }
  | { readonly step: "ended"; readonly spokeMs: number };

/** How caller and person meet. */
export type TransferMode = "cold" | "warm" | "conference";

/** One transfer of a call. */
export interface RecordedTransfer {
  readonly mode: TransferMode;
  readonly alias: string;
  readonly by: "agent" | "operator";
  readonly step: string;
  readonly why: string | null;
  readonly spokeMs: number | null;
  readonly requestedAt: string;
  readonly answeredAt: string | null;
  readonly overAt: string | null;
}
