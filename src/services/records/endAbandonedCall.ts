import type { TranscriptTurn } from "../../call/callEvent.ts";
import type { CallEnd } from "../../call/types.ts";
import type { Prices } from "../spending.ts";
import type { CallOutcome, CallRecord, CallStore, CallWrite } from "../store.ts";
import { endingOf } from "./callTally.ts";

/**
 * Ends a call whose process is gone, from what is stored of it. Where the phone network knows better
 * how it ended, what came of it, and how long it was connected, that is given.
 */
export async function endAbandoned(
  calls: Pick<CallStore, "content" | "write">,
  call: CallRecord,
  { end, endedAt, outcome, connectedMs, prices }: {
    readonly end: CallEnd;
    readonly endedAt: number;
    /** Counts where none has been recorded. */
    readonly outcome?: CallOutcome;
    readonly connectedMs?: number;
    readonly prices: Prices;
  },
): Promise<void> {
  const { turns, latencies } = await calls.content(call.id);
  const lastMs = turns.reduce((last, turn) => Math.max(last, turn.endedMs ?? turn.startedMs), 0);
  const connected = connectedMs ?? (call.answeredAt === undefined ? 0 : lastMs);
  const ending = endingOf({
    call,
    end,
    endedAt,
    durationMs: connected,
    connectedMs: connected,
    outcome: call.outcome ?? outcome,
    answeredBy: call.answeredBy,
    usage: call.usage,
    latenciesMs: latencies.map(({ totalMs }) => totalMs),
    model: call.model,
    transcriptionModel: call.transcriptionModel,
    prices,
  });
  await calls.write([...cutLines(call.id, turns), { type: "ended", callId: call.id, ending }]);
}

/** A line that the agent had not finished was heard in part at the most. */
function cutLines(callId: string, turns: readonly TranscriptTurn[]): readonly CallWrite[] {
  return turns.filter(({ final }) => !final).map((turn) => ({
    type: "turn",
    callId,
    turn: { ...turn, final: true, interrupted: turn.role === "agent" },
  }));
}
