import { brokenOff } from "../../call/brokenOff.ts";
import type { ResumedTransfers } from "../../call/transfer.ts";
import { present } from "../../utils/present.ts";
import type { CallContent, CallRecord } from "../store.ts";

/** What a session needs to know of the transfers that a call had before it; undefined where there was none. */
export function transferredOf(
  { plannedEnd, startedAt }: Pick<CallRecord, "plannedEnd" | "startedAt">,
  { transfers, turns }: Pick<CallContent, "transfers" | "turns">,
  at: number,
): ResumedTransfers | undefined {
  const latest = transfers.at(-1);
  if (latest === undefined) return undefined;
  const { number, alias, mode, step, target, connectedAt, overAt, why } = latest;
  const ref = { number, alias, mode };
  const count = transfers.length;
  if (overAt !== undefined) {
    const spokeMs = Math.max(
      0,
      ...turns.map(brokenOff).filter(({ role, text }) => role === "agent" && text !== "")
        .map(({ startedMs }) => startedMs),
    );
    const isTold = startedAt + spokeMs > overAt;
    return { count, ...(why !== undefined && !isTold && { untold: { ...ref, why } }) };
  }
  if (step === "failed" || step === "ended") return { count };
  // Until the carrier is asked, the call is to end so.
  const isAnnounced = step === "requested" && plannedEnd?.reason === "transferred";
  // The person was asked by a process that is gone; the caller was with the agent all the time.
  const isAsking = step !== "accepted" && step !== "connected" && !isAnnounced;
  if (mode !== "cold" && isAsking) {
    return { count, lost: ref, untold: { ...ref, why: "unknown" } };
  }
  const connectedForMs = connectedAt === undefined ? undefined : Math.max(0, at - connectedAt);
  return {
    count,
    open: {
      ...ref,
      step: step === "requested" && !isAnnounced ? "dialled" : step,
      ...present({ target, connectedForMs }),
    },
  };
}
