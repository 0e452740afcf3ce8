import type { TranscriptTurn } from "../../call/callEvent.ts";
import type { CallContent, CallRecord } from "../store.ts";

/** What a machine has decided, as far as the record of a call has it. */
export interface ReplayedCall {
  readonly turns: ReadonlyMap<string, TranscriptTurn>;
  /** Names of tools by the ids of their calls. */
  readonly tools: ReadonlyMap<string, string>;
  /** Absent where the call did not end. */
  readonly end: string | undefined;
}

/** Where a replayed call first goes another way than the recorded one. */
export interface ReplayDifference {
  /** Since the call began; undefined for how it ended. */
  readonly atMs: number | undefined;
  readonly what: "turn" | "tool" | "end";
  /** A sentence without anything that was said. */
  readonly text: string;
}

/** Times are stored as whole milliseconds. */
const ROUNDING_MS = 1;

/** Compares what was recorded of a call with what was decided in its replay; undefined where it is the same. */
export function firstDifference(
  { call, content }: {
    readonly call: Pick<CallRecord, "end">;
    readonly content: Pick<CallContent, "turns" | "tools">;
  },
  replayed: ReplayedCall,
): ReplayDifference | undefined {
  const differences = [...turnDifferences(content, replayed), ...toolDifferences(content, replayed)]
    .sort((a, b) => a.atMs - b.atMs);
  if (differences[0] !== undefined) return differences[0];
  const recordedEnd = call.end?.reason;
  if (recordedEnd === replayed.end || recordedEnd === undefined) return undefined;
  const now = replayed.end === undefined ? "does not end" : `ends with ${replayed.end}`;
  const text = `The call ended with ${recordedEnd}, and ${now} in the replay.`;
  return { what: "end", atMs: undefined, text };
}

type Timed = ReplayDifference & { readonly atMs: number };

function turnDifferences(
  { turns }: Pick<CallContent, "turns">,
  replayed: ReplayedCall,
): readonly Timed[] {
  const found: Timed[] = [];
  const add = (atMs: number, text: string) => found.push({ what: "turn", atMs, text });
  for (const turn of turns) {
    const again = replayed.turns.get(turn.id);
    const who = `The ${turn.role}'s turn ${turn.id}`;
    if (again === undefined) add(turn.startedMs, `${who} does not occur in the replay.`);
    else if (again.role !== turn.role) {
      add(turn.startedMs, `${who} is the ${again.role}'s in the replay.`);
    } else if (differs(again.startedMs, turn.startedMs)) {
      const times = `${Math.round(turn.startedMs)} ms, and at ${Math.round(again.startedMs)} ms`;
      add(
        Math.min(turn.startedMs, again.startedMs),
        `${who} began at ${times} in the replay.`,
      );
    } else if (again.interrupted !== turn.interrupted) {
      const [was, is] = turn.interrupted ? ["cut off", "not"] : ["not cut off", "cut off"];
      add(turn.startedMs, `${who} was ${was}, and is ${is} in the replay.`);
    } else if (differs(again.endedMs ?? -1, turn.endedMs ?? -1)) {
      add(
        turn.startedMs,
        `${who} ended at ${timeOf(turn.endedMs)}, and at ${timeOf(again.endedMs)} in the replay.`,
      );
    }
  }
  const known = new Set(turns.map(({ id }) => id));
  for (const { id, role, startedMs, text } of replayed.turns.values()) {
    if (known.has(id) || text === "") continue;
    add(startedMs, `The replay has a turn ${id} of the ${role}'s that the call did not have.`);
  }
  return found;
}

function toolDifferences(
  { tools }: Pick<CallContent, "tools">,
  replayed: ReplayedCall,
): readonly Timed[] {
  const known = new Set(tools.map(({ id }) => id));
  const endMs = Math.max(0, ...tools.map(({ startedMs }) => startedMs));
  return [
    ...tools.filter(({ id }) => !replayed.tools.has(id)).map(({ name, startedMs }) => ({
      ...{ what: "tool" as const, atMs: startedMs },
      text: `The tool ${name} was called, and is not in the replay.`,
    })),
    ...[...replayed.tools].filter(([id]) => !known.has(id)).map(([, name]) => ({
      ...{ what: "tool" as const, atMs: endMs },
      text: `The tool ${name} was not called, and is in the replay.`,
    })),
  ];
}

function differs(a: number, b: number): boolean {
  return Math.abs(a - b) > ROUNDING_MS;
}

function timeOf(ms: number | undefined): string {
  return ms === undefined ? "no known time" : `${Math.round(ms)} ms`;
}
