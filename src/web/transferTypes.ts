/** How far a transfer has come. */
export type TransferStep =
  | { readonly step: "requested" | "ringing" | "answered" | "accepted" | "connected" }
  | { readonly step: "failed"; readonly why: string }
  | { readonly step: "ended"; readonly spokeMs: number };

/** One transfer of a call. */
export interface RecordedTransfer {
  readonly alias: string;
  readonly by: "agent" | "operator";
  readonly step: string;
  readonly why: string | null;
  readonly spokeMs: number | null;
  readonly requestedAt: string;
  readonly answeredAt: string | null;
  readonly overAt: string | null;
}
