import { OUTCOME_UNKNOWN } from "../model/prompts.ts";
import type { ResumedCall } from "../resumedCall.ts";
import type { TranscriptTurn } from "../callEvent.ts";
import type { TranscriptEntry } from "./transcriptEntry.ts";
import type { Milliseconds } from "../types.ts";

/** The entries of a resumed call in their order; `startedAt` is when the call began. */
export function resumedEntries(
  { turns, tools, connectedMs }: ResumedCall,
  startedAt: Milliseconds,
): readonly TranscriptEntry[] {
  const entries = turns.map((turn) => entryOf(turn, startedAt, connectedMs !== undefined));
  const positions = turns.map(({ position }) => position).sort((a, b) => a - b);
  for (const { callId, name, arguments: args, startedMs, output = OUTCOME_UNKNOWN } of tools) {
    const before = turns.reduce(
      (last, turn) => turn.startedMs <= startedMs ? Math.max(last, turn.position) : last,
      0,
    );
    const after = positions.find((position) => position > before) ?? before + 1;
    entries.push({
      kind: "tool",
      id: `tool_${callId}`,
      position: (before + after) / 2,
      call: { callId, name, arguments: args },
      output,
    });
  }
  return entries;
}

/** What was open is closed: the agent was broken off there, or not heard at all before a leg had joined. */
function entryOf(
  turn: TranscriptTurn,
  startedAt: Milliseconds,
  wasConnected: boolean,
): TranscriptEntry {
  const { id, position, text, by, final, aside = false } = turn;
  const times = {
    startedAt: startedAt + turn.startedMs,
    endedAt: turn.endedMs === undefined ? undefined : startedAt + turn.endedMs,
  };
  if (turn.role === "caller") {
    const keys = by === "keypad" ? { modelText: `The caller pressed these keys: ${text}` } : {};
    return { kind: "caller", id, position, by, text, final: true, aside, ...times, ...keys };
  }
  const interrupted = turn.interrupted || !final;
  const heard = final || wasConnected ? text : "";
  return { kind: "agent", id, position, text: heard, final: true, interrupted, aside, ...times };
}
