import type { RecordedCall, RecordedTurn } from "../callEvidence.ts";
import { isKnown } from "./recordedFarEnd.ts";

/** What a caller did in a recorded call, in the form of a scenario's file, and what of it cannot be done again. */
export interface RecordedSteps {
  readonly steps: readonly unknown[];
  readonly notes: readonly string[];
}

/** A longer silence of a caller's is kept: the agent may ask whether somebody is there. */
const SILENCE_MS = 4000;
/** A pause within what a caller says, before any answer. */
const PAUSE_MS = 300;
/** How long a caller was speaking at most before the agent fell silent. */
const CUT_MS = 1500;
/** The agent says goodbye a little later than it did. */
const PATIENCE_MS = 10_000;
const MAX_MS = 600_000;

/**
 * The caller's lines as they were said: after the agent, over it as long after the agent had begun, or before it. Silences
 * that somebody noticed are as long as they were.
 */
export function recordedSteps(call: RecordedCall): RecordedSteps {
  const steps: unknown[] = [];
  const notes = new Set<string>();
  const spoken = call.turns.filter(({ role }) => role === "agent");
  let sinceMs = call.answeredMs ?? 0;
  for (const turn of call.turns) {
    if (turn.role === "agent") continue;
    const { by = "voice", startedMs, endedMs = startedMs } = turn;
    if (by === "whisper") continue;
    if (by === "operator") {
      notes.add("an operator typed in the caller's place: that is left out");
      continue;
    }
    if (!isKnown(turn.text)) {
      notes.add("something was said that nobody wrote down: that is left out");
      continue;
    }
    const before = spoken.filter((one) => endOf(one) > sinceMs && one.startedMs < startedMs);
    steps.push(...whenSaid(turn, before, sinceMs, call));
    const key = by === "keypad" ? keysOf(turn.text) : undefined;
    if (by === "keypad" && key === undefined) notes.add("the keys that were pressed are not kept");
    else if (key !== undefined) steps.push({ keys: key });
    sinceMs = Math.max(sinceMs, endedMs);
  }
  steps.push(...ending(call, spoken, sinceMs));
  return { steps, notes: [...notes] };
}

/** A line and the silence before it; for keys the silence alone. */
function whenSaid(
  { by = "voice", text, startedMs }: RecordedTurn,
  before: readonly RecordedTurn[],
  sinceMs: number,
  call: RecordedCall,
): readonly unknown[] {
  const say = by === "text" ? { type: text } : text;
  const isSpoken = by === "voice";
  const ms = bounded(startedMs - sinceMs);
  const [first] = before;
  if (first === undefined) {
    const pause = ms > PAUSE_MS ? [{ silence_ms: ms }] : [];
    return [...pause, ...(isSpoken ? [{ say_now: text }] : by === "text" ? [say] : [])];
  }
  const over = before.at(-1);
  if (isSpoken && over !== undefined && isOver(over, startedMs)) {
    const beganMs = Math.max(first.startedMs, sinceMs);
    return [{ cut_in: { say: text, after_ms: bounded(startedMs - beganMs) } }];
  }
  const wasSilent = longestSilence(before, startedMs, call) > SILENCE_MS;
  return [...(wasSilent ? [{ silence_ms: ms }] : []), ...(by === "keypad" ? [] : [say])];
}

/** Whether a caller who began then spoke while the agent did. */
function isOver(agent: RecordedTurn, startedMs: number): boolean {
  const toMs = endOf(agent);
  return toMs > startedMs || agent.interrupted && toMs > startedMs - CUT_MS;
}

/** Between what the agent said, where no tool was at work, and before the caller's line. */
function longestSilence(
  before: readonly RecordedTurn[],
  startedMs: number,
  { tools }: RecordedCall,
): number {
  return Math.max(
    0,
    ...before.map((turn, index) => {
      const fromMs = endOf(turn);
      const toMs = before[index + 1]?.startedMs ?? startedMs;
      const isWork = tools.some((tool) => tool.startedMs >= fromMs && tool.startedMs < toMs);
      return isWork ? 0 : toMs - fromMs;
    }),
  );
}

/** How the caller leaves, or waits until the agent does. */
function ending(
  { end, durationMs = 0 }: RecordedCall,
  spoken: readonly RecordedTurn[],
  sinceMs: number,
): readonly unknown[] {
  const lastMs = Math.max(sinceMs, ...spoken.map(endOf));
  const ms = bounded(durationMs - sinceMs);
  if (end?.reason !== "caller_hung_up") return [{ silence_ms: bounded(ms + PATIENCE_MS) }];
  const last = spoken.at(-1);
  const isAnswered = last !== undefined && last.startedMs > sinceMs && !last.interrupted;
  // Leaves after the answer by itself.
  if (isAnswered && durationMs - lastMs <= SILENCE_MS) return [];
  return [...(ms > PAUSE_MS ? [{ silence_ms: ms }] : []), { hang_up: true }];
}

function endOf({ startedMs, endedMs = startedMs }: RecordedTurn): number {
  return endedMs;
}

function keysOf(text: string): string | undefined {
  const keys = text.replaceAll(/[^0-9A-D*#]/g, "").slice(0, 50);
  return keys === "" ? undefined : keys;
}

function bounded(ms: number): number {
  return Math.max(0, Math.min(MAX_MS, Math.round(ms)));
}
