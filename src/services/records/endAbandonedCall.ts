import { brokenOff } from "../../call/brokenOff.ts";
import type { TranscriptTurn } from "../../call/callEvent.ts";
import type { TransferEvent } from "../../call/transfer.ts";
import type { CallEnd } from "../../call/types.ts";
import type { AddressOf, Prices } from "../spending.ts";
import type { CallOutcome, CallRecord, CallStore, CallWrite, TransferRecord } from "../store.ts";
import { PersonTalks } from "./personTalks.ts";
import type { TwilioCall } from "../twilioOutbound.ts";
import { endOf } from "./callOutcome.ts";
import { endingOf } from "./endingOf.ts";

/** Ends a call whose process has died, from its record; `outcome` and `connectedMs` are what Twilio knows. */
export async function endAbandonedCall(
  callStore: Pick<CallStore, "content" | "write">,
  call: CallRecord,
  { end: planned, endedAt, outcome, connectedMs, prices, addressOf }: {
    readonly end: CallEnd;
    readonly endedAt: number;
    /** Counts where none has been recorded. */
    readonly outcome?: CallOutcome | undefined;
    readonly connectedMs?: number | undefined;
    readonly prices: Prices;
    readonly addressOf?: AddressOf | undefined;
  },
): Promise<void> {
  const { turns, latencies, handoffs, transfers } = await callStore.content(call.id);
  const left = endOfTransfer(transfers.at(-1), endedAt);
  const end = left === undefined || left.step === "failed" || planned.reason !== "caller_hung_up"
    ? planned
    : { reason: "transferred", detail: left.alias } as const;
  const talks = new PersonTalks(transfers);
  if (left !== undefined) talks.follow(left, call.agent, endedAt);
  const connected = connectedMs ?? (call.answeredAt === undefined ? 0 : lastMsOf(turns));
  const ending = endingOf({ ...call, outcome: call.outcome ?? outcome, handoffs, talks }, {
    end,
    endedAt,
    // Twilio counts in whole seconds.
    durationMs: Math.min(connected, Math.max(0, endedAt - call.startedAt)),
    connectedMs: connected,
    latenciesMs: latencies.map(({ totalMs }) => totalMs),
    prices,
    addressOf,
  });
  await callStore.write([
    ...finishTurns(call.id, turns),
    ...(left === undefined ? [] : [{ ...left, callId: call.id, at: endedAt }]),
    { type: "ended", callId: call.id, ending, holder: call.instanceId },
  ]);
}

/** The last step of a transfer in the course of which the caller has hung up; undefined where it was over. */
function endOfTransfer(
  transfer: TransferRecord | undefined,
  at: number,
): TransferEvent | undefined {
  if (transfer === undefined || transfer.overAt !== undefined) return undefined;
  const { number, alias, mode, connectedAt } = transfer;
  const ref = { type: "transfer", number, alias, mode } as const;
  return connectedAt === undefined
    ? { ...ref, step: "failed", why: "cancelled" }
    : { ...ref, step: "ended", spokeMs: Math.max(0, at - connectedAt) };
}

/** How a call whose process has died came to its end, by what Twilio knows of it. */
export function endOfAbandoned(call: CallRecord, known: TwilioCall | undefined): CallEnd {
  if (known !== undefined && known.status !== "completed") return endOf(known.status);
  if (call.answeredAt === undefined && known !== undefined) return endOf(known.status);
  return { reason: "server_stopped", detail: "crashed" };
}

/**
 * How a call came to its end that Twilio knows to be over, without a word about it in its record: as its
 * process had planned, or else its caller has hung up where Twilio was still holding it.
 */
export async function endWhileHeld(
  callStore: Pick<CallStore, "content">,
  call: CallRecord,
  known: TwilioCall | undefined,
): Promise<CallEnd> {
  const { turns } = await callStore.content(call.id);
  // Its process lived until then, or longer.
  const heldAt = call.startedAt + lastMsOf(turns);
  const isHeld = known?.endedAt !== undefined && known.endedAt - heldAt < HELD_MS;
  const wasTalking = known?.status === "completed" && call.answeredAt !== undefined;
  const { plannedEnd } = call;
  if (wasTalking && plannedEnd !== undefined && plannedEnd.reason !== "transferred") {
    return plannedEnd;
  }
  return isHeld && wasTalking ? { reason: "caller_hung_up" } : endOfAbandoned(call, known);
}

/** Less than Twilio holds a call before it asks for it, and ends it where no server answers. */
const HELD_MS = 20_000;

function lastMsOf(turns: readonly TranscriptTurn[]): number {
  return turns.reduce((last, turn) => Math.max(last, turn.endedMs ?? turn.startedMs), 0);
}

/** Unfinished turns become final; of those of the agent as much as was heard for sure is left. */
function finishTurns(callId: string, turns: readonly TranscriptTurn[]): readonly CallWrite[] {
  return turns.filter(({ final }) => !final).map((turn) => ({
    type: "turn",
    callId,
    turn: { ...brokenOff(turn), final: true, interrupted: turn.role === "agent" },
  }));
}
