import { handoffNote } from "../handoff/handoffPrompts.ts";
import { OUTCOME_UNKNOWN } from "../model/prompts.ts";
import type { ResumedCall, ResumedTool } from "../resumedCall.ts";
import type { TranscriptTurn } from "../callEvent.ts";
import type { TranscriptEntry } from "./transcriptEntry.ts";
import type { Milliseconds } from "../types.ts";
import { present } from "../../utils/present.ts";

/** The entries of a resumed call in their order; `startedAt` is when the call began. */
export function resumedEntries(
  { turns, tools, connectedMs, handoffs }: ResumedCall,
  startedAt: Milliseconds,
): readonly TranscriptEntry[] {
  const entries = turns.map((turn) => entryOf(turn, startedAt, connectedMs !== undefined));
  const positions = turns.map(({ position }) => position).sort((a, b) => a - b);
  const { latest, historyFrom = -Infinity } = handoffs ?? {};
  const { atMs = Infinity } = latest ?? {};
  entries.push(...tools.filter(({ startedMs }) => startedMs <= atMs).map(toolEntry));
  if (latest !== undefined) {
    const { from: fromTitle, atMs: _, ...report } = latest;
    const { text } = handoffNote({ fromTitle, ...report });
    entries.push({ kind: "note", id: "note_handoff", position: placeAt(atMs), text });
  }
  entries.push(...tools.filter(({ startedMs }) => startedMs > atMs).map(toolEntry));
  return entries;

  function toolEntry(
    { callId, name, arguments: args, startedMs, output = OUTCOME_UNKNOWN }: ResumedTool,
  ): TranscriptEntry {
    const call = { callId, name, arguments: args };
    return { kind: "tool", id: `tool_${callId}`, position: placeAt(startedMs), call, output };
  }

  /** Between the turns that had begun by then and the next; with what the present agent is told. */
  function placeAt(startedMs: Milliseconds): number {
    const before = turns.reduce(
      (last, turn) => turn.startedMs <= startedMs ? Math.max(last, turn.position) : last,
      0,
    );
    const after = positions.find((position) => position > before) ?? before + 1;
    const place = (before + after) / 2;
    return startedMs < atMs ? place : Math.max(place, historyFrom);
  }
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
    // On a phone only operators write; in a browser nobody agrees to anything across sessions.
    const isWritten = by === "text" || by === "operator" || by === "whisper";
    const byOperator = isWritten && { byOperator: true as const };
    return {
      ...{ kind: "caller", id, position, by, text, final: true, aside },
      ...times,
      ...keys,
      ...byOperator,
    };
  }
  const interrupted = turn.interrupted || !final;
  const heard = final || wasConnected ? text : "";
  const agent = present({ agent: turn.agent, unheard: turn.unheard });
  return {
    kind: "agent",
    id,
    ...agent,
    position,
    text: heard,
    final: true,
    interrupted,
    heardCharacters: 0,
    aside,
    ...(turn.unfinished === true && { brokenOff: true as const }),
    ...times,
  };
}
