import type { RecordedCall, RecordedTurn } from "../callEvidence.ts";
import { isServersAnswer } from "./recordedTools.ts";

/** After so long without a word of the caller's the agent is asked to say something. */
const IDLE_MS = 4000;

/**
 * A record as the database has it, with what the server had the agent say, as far as that can be told: what follows
 * a tool that may not run yet, and what is said to a caller who is silent.
 */
export function guessDictation(call: RecordedCall): RecordedCall {
  return {
    ...call,
    turns: call.turns.map((turn, index) =>
      turn.role === "agent" && isDictated(turn, call.turns.slice(0, index), call)
        ? { ...turn, isDictated: true }
        : turn
    ),
  };
}

function isDictated(
  { startedMs }: RecordedTurn,
  before: readonly RecordedTurn[],
  { tools }: RecordedCall,
): boolean {
  const last = before.at(-1);
  const sinceMs = last === undefined ? -Infinity : last.endedMs ?? last.startedMs;
  const between = tools.filter((tool) =>
    tool.startedMs < startedMs && tool.startedMs >= (last?.startedMs ?? -Infinity)
  );
  const tool = between.at(-1);
  if (tool !== undefined) return isServersAnswer(tool);
  return last?.role === "agent" && startedMs - sinceMs > IDLE_MS;
}
