import type { TranscriptTurn } from "../../call/callEvent.ts";
import type { Sentence, SentenceValues } from "../../utils/sentence.ts";
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
  /** Without anything that was said. */
  readonly sentence: Required<Sentence>;
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
  const sentence = replayed.end === undefined
    ? {
      text: "The call ended with {was}, and does not end in the replay.",
      values: { was: recordedEnd },
    }
    : {
      text: "The call ended with {was}, and ends with {now} in the replay.",
      values: { was: recordedEnd, now: replayed.end },
    };
  return { what: "end", atMs: undefined, sentence };
}

type Timed = ReplayDifference & { readonly atMs: number };

function turnDifferences(
  { turns }: Pick<CallContent, "turns">,
  replayed: ReplayedCall,
): readonly Timed[] {
  const found: Timed[] = [];
  for (const turn of turns) {
    const again = replayed.turns.get(turn.id);
    const sentence = turnSentence(turn, again);
    if (sentence === undefined) continue;
    const atMs = Math.min(turn.startedMs, again?.startedMs ?? turn.startedMs);
    found.push({ what: "turn", atMs, sentence });
  }
  const known = new Set(turns.map(({ id }) => id));
  for (const turn of replayed.turns.values()) {
    if (known.has(turn.id) || turn.text === "") continue;
    const sentence = {
      text: "The replay has turn {turn}, {whose}, that the call did not have.",
      values: namesOf(turn),
    };
    found.push({ what: "turn", atMs: turn.startedMs, sentence });
  }
  return found;
}

/** How a turn goes another way; undefined where it is the same. */
function turnSentence(
  turn: TranscriptTurn,
  again: TranscriptTurn | undefined,
): Required<Sentence> | undefined {
  const names = namesOf(turn);
  if (again === undefined) {
    return { text: "Turn {turn}, {whose}, does not occur in the replay.", values: names };
  }
  if (again.role !== turn.role) {
    return {
      text: "Turn {turn} was {whose}, and is {now} in the replay.",
      values: { ...names, now: WHOSE[again.role] },
    };
  }
  if (differs(again.startedMs, turn.startedMs)) {
    return {
      text: "Turn {turn}, {whose}, began at {was} ms, and at {now} ms in the replay.",
      values: { ...names, was: Math.round(turn.startedMs), now: Math.round(again.startedMs) },
    };
  }
  if (again.interrupted !== turn.interrupted) {
    return {
      text: turn.interrupted
        ? "Turn {turn}, {whose}, was cut off, and is not in the replay."
        : "Turn {turn}, {whose}, was not cut off, and is in the replay.",
      values: names,
    };
  }
  return endSentence(names, turn.endedMs, again.endedMs);
}

function endSentence(
  names: SentenceValues,
  was: number | undefined,
  now: number | undefined,
): Required<Sentence> | undefined {
  if (!differs(now ?? -1, was ?? -1)) return undefined;
  if (now === undefined) {
    return {
      text: "Turn {turn}, {whose}, ended at {was} ms, and does not end in the replay.",
      values: { ...names, was: Math.round(was ?? 0) },
    };
  }
  if (was === undefined) {
    return {
      text: "Turn {turn}, {whose}, did not end, and ends at {now} ms in the replay.",
      values: { ...names, now: Math.round(now) },
    };
  }
  return {
    text: "Turn {turn}, {whose}, ended at {was} ms, and at {now} ms in the replay.",
    values: { ...names, was: Math.round(was), now: Math.round(now) },
  };
}

function toolDifferences(
  { tools }: Pick<CallContent, "tools">,
  replayed: ReplayedCall,
): readonly Timed[] {
  const known = new Set(tools.map(({ id }) => id));
  const endMs = Math.max(0, ...tools.map(({ startedMs }) => startedMs));
  const found = (atMs: number, text: string, name: string) => ({
    ...{ what: "tool" as const, atMs },
    sentence: { text, values: { name: name.slice(0, MAX_NAME) } },
  });
  return [
    ...tools.filter(({ id }) => !replayed.tools.has(id)).map(({ name, startedMs }) =>
      found(startedMs, "The tool {name} was called, and is not in the replay.", name)
    ),
    ...[...replayed.tools].filter(([id]) => !known.has(id)).map(([, name]) =>
      found(endMs, "The tool {name} was not called, and is in the replay.", name)
    ),
  ];
}

const MAX_NAME = 80;

const WHOSE = { caller: "the caller's", agent: "the agent's" } as const;

function namesOf({ id, role }: Pick<TranscriptTurn, "id" | "role">): SentenceValues {
  return { turn: id.slice(0, MAX_NAME), whose: WHOSE[role] };
}

function differs(a: number, b: number): boolean {
  return Math.abs(a - b) > ROUNDING_MS;
}
