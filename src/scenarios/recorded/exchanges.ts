import type { RecordedTurn } from "../callEvidence.ts";
import { plainWords } from "../ear/findWords.ts";
import { isKnown } from "./recordedFarEnd.ts";

/** What a caller said, and what the agent said after it, in two calls; the first is before any word of the caller's. */
export interface Exchange {
  /** What the caller said then, or now where that was not said then; absent at the beginning. */
  readonly caller?: string;
  readonly then: string;
  readonly now: string;
  /** In the same words, whatever their case and punctuation; what was cut off ends at another word. */
  readonly isSame: boolean;
}

/** How many of the caller's lines may be missing between two that are alike. */
const LOOK_AHEAD = 4;
const ALIKE = 0.5;
/** Of an answer that was cut off: what both calls have of it. */
const MUCH = 0.6;

/** Puts two calls side by side, by what the caller said. */
export function exchangesOf(
  then: readonly RecordedTurn[],
  now: readonly RecordedTurn[],
): readonly Exchange[] {
  const was = split(then);
  const is = split(now);
  const pairs: { then?: Part; now?: Part }[] = [];
  let next = 0;
  for (const now of is) {
    const at = now.caller === undefined ? 0 : alikeAt(was, now.caller, next);
    if (at === undefined) {
      pairs.push({ now });
      continue;
    }
    pairs.push(...was.slice(next, at).map((then) => ({ then })));
    const then = was[at];
    pairs.push({ ...(then !== undefined && { then }), now });
    next = at + 1;
  }
  pairs.push(...was.slice(next).map((then) => ({ then })));
  return pairs.map(({ then, now }) => {
    const caller = then?.caller ?? now?.caller;
    return {
      ...(caller !== undefined && { caller }),
      ...{ then: then?.agent ?? "", now: now?.agent ?? "", isSame: isSame(then, now) },
    };
  });
}

function isSame(then: Part | undefined, now: Part | undefined): boolean {
  const [a, b] = [plainWords(then?.agent ?? ""), plainWords(now?.agent ?? "")];
  const length = Math.min(a.length, b.length);
  const isCut = then?.isCut === true || now?.isCut === true;
  if (a.length !== b.length && (!isCut || length < MUCH * Math.max(a.length, b.length))) {
    return false;
  }
  return a.slice(0, length).join(" ") === b.slice(0, length).join(" ");
}

interface Part {
  readonly caller?: string;
  readonly agent: string;
  readonly isCut: boolean;
}

function split(turns: readonly RecordedTurn[]): readonly Part[] {
  const parts: { caller?: string; agent: string; isCut: boolean }[] = [{ agent: "", isCut: false }];
  for (const { role, by, text, interrupted } of turns) {
    if (by === "whisper") continue;
    const last = parts.at(-1);
    if (role === "caller") parts.push({ caller: text, agent: "", isCut: false });
    else if (last !== undefined) {
      last.agent = `${last.agent} ${text}`.trim();
      last.isCut ||= interrupted;
    }
  }
  return parts;
}

/** What was said and not understood stands for what is next. */
function alikeAt(parts: readonly Part[], caller: string, from: number): number | undefined {
  if (!isKnown(caller) && from < parts.length) return from;
  const found = parts.slice(from, from + LOOK_AHEAD).findIndex((part) =>
    part.caller !== undefined && likeness(part.caller, caller) >= ALIKE
  );
  return found < 0 ? undefined : from + found;
}

/** The share of words that two lines have in common. */
function likeness(a: string, b: string): number {
  const [of, other] = [plainWords(a), plainWords(b)];
  if (of.length === 0 || other.length === 0) return of.length === other.length ? 1 : 0;
  const common = new Set(of.filter((word) => other.includes(word)));
  return common.size / Math.max(new Set(of).size, new Set(other).size);
}
