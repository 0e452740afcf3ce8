import type { TransferAsker, TransferFailure, TransferRef } from "../../../call/transfer.ts";

/** How far a transfer may have come. */
export const transferStepNames = [
  "requested",
  "ringing",
  "answered",
  "accepted",
  "connected",
  "failed",
  "ended",
] as const;

/** One transfer of a call, as far as it has come; times are milliseconds since 1970. */
export interface TransferRecord extends TransferRef {
  /** Name of the agent that had the call. */
  readonly agent?: string;
  readonly by: TransferAsker;
  readonly step: (typeof transferStepNames)[number];
  /** Place in the transfer's list of who rang last, from 0. */
  readonly target?: number;
  readonly requestedAt: number;
  readonly ringingAt?: number;
  readonly answeredAt?: number;
  readonly acceptedAt?: number;
  readonly connectedAt?: number;
  /** When it was known that the agent cannot be a third with caller and person. */
  readonly agentAbsentAt?: number;
  /** When the caller came back, or the talk was over. */
  readonly overAt?: number;
  readonly why?: TransferFailure;
  /** How long caller and person talked. */
  readonly spokeMs?: number;
}
