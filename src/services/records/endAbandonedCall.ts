import type { TranscriptTurn } from "../../call/callEvent.ts";
import type { CallEnd } from "../../call/types.ts";
import type { Prices } from "../spending.ts";
import type { CallOutcome, CallRecord, CallStore, CallWrite } from "../store.ts";
import type { TwilioCall } from "../twilioOutbound.ts";
import { endOf } from "./callOutcome.ts";
import { endingOf } from "./callTally.ts";

/** Ends a call whose process has died, from its record; `outcome` and `connectedMs` are what Twilio knows. */
export async function endAbandonedCall(
  callStore: Pick<CallStore, "content" | "write">,
  call: CallRecord,
  { end, endedAt, outcome, connectedMs, prices }: {
    readonly end: CallEnd;
    readonly endedAt: number;
    /** Counts where none has been recorded. */
    readonly outcome?: CallOutcome | undefined;
    readonly connectedMs?: number | undefined;
    readonly prices: Prices;
  },
): Promise<void> {
  const { turns, latencies } = await callStore.content(call.id);
  const lastMs = turns.reduce((last, turn) => Math.max(last, turn.endedMs ?? turn.startedMs), 0);
  const connected = connectedMs ?? (call.answeredAt === undefined ? 0 : lastMs);
  const ending = endingOf({ ...call, outcome: call.outcome ?? outcome }, {
    end,
    endedAt,
    durationMs: connected,
    connectedMs: connected,
    latenciesMs: latencies.map(({ totalMs }) => totalMs),
    prices,
  });
  await callStore.write([
    ...finishTurns(call.id, turns),
    { type: "ended", callId: call.id, ending, holder: call.instanceId },
  ]);
}

/** How a call whose process has died came to its end, by what Twilio knows of it. */
export function endOfAbandoned(call: CallRecord, known: TwilioCall | undefined): CallEnd {
  if (known !== undefined && known.status !== "completed") return endOf(known.status);
  if (call.answeredAt === undefined && known !== undefined) return endOf(known.status);
  return { reason: "server_stopped", detail: "crashed" };
}

/** Unfinished turns become final; those of the agent were heard in part at most. */
function finishTurns(callId: string, turns: readonly TranscriptTurn[]): readonly CallWrite[] {
  return turns.filter(({ final }) => !final).map((turn) => ({
    type: "turn",
    callId,
    turn: { ...turn, final: true, interrupted: turn.role === "agent" },
  }));
}
