import type { TranscriptTurn } from "../../../call/callEvent.ts";
import { foldText } from "../knowledge/searchWords.ts";
import type { WordSearch, WordTerm } from "./wordSearch.ts";
import { type WordToken, wordTokens } from "./wordTokens.ts";

/** Where in a call words were said. */
export interface CallSnippet {
  readonly turnId: string;
  readonly role: TranscriptTurn["role"];
  /** Since the call began. */
  readonly atMs: number;
  /** Part of the turn, plain text. */
  readonly text: string;
  /** Ranges of `text`, in UTF-16 units, in order and apart. */
  readonly marks: readonly { readonly from: number; readonly to: number }[];
}

export type SaidTurn = Pick<TranscriptTurn, "id" | "role" | "startedMs" | "text">;

const MAX_CHARS = 180;
/** How much stands in front of the first mark, at most. */
const BEFORE_CHARS = 50;

/**
 * The first of the turns that have the most of the words. Undefined where the turns have not all of them any
 * more: the index may be a moment behind.
 */
export function findSnippet(
  turns: readonly SaidTurn[],
  { terms, saidBy }: WordSearch,
): CallSnippet | undefined {
  const missing = new Set(terms);
  let best: { turn: SaidTurn; found: readonly WordToken[]; terms: number } | undefined;
  for (const turn of turns) {
    if (saidBy !== undefined && turn.role !== saidBy) continue;
    const folded = foldText(turn.text);
    // Most turns have none of the words, and need not be taken apart.
    if (!terms.some(({ words }) => words.every((word) => folded.includes(word)))) continue;
    const tokens = wordTokens(turn.text);
    const found = terms.map((term) => placesOf(term, tokens));
    for (const [at, places] of found.entries()) if (places.length > 0) missing.delete(terms[at]!);
    const count = found.filter((places) => places.length > 0).length;
    if (count > (best?.terms ?? 0)) best = { turn, found: found.flat(), terms: count };
    if (count === terms.length) break;
  }
  if (best === undefined || missing.size > 0) return undefined;
  const { id, role, startedMs, text } = best.turn;
  return { turnId: id, role, atMs: startedMs, ...cut(text, joined(best.found)) };
}

/** From the first to the last word of each occurrence. */
function placesOf({ words, isPrefix }: WordTerm, tokens: readonly WordToken[]): WordToken[] {
  const places: WordToken[] = [];
  for (let at = 0; at + words.length <= tokens.length; at++) {
    const fits = words.every((word, ahead) => {
      const said = tokens[at + ahead]?.word ?? "";
      return isPrefix && ahead === words.length - 1 ? said.startsWith(word) : said === word;
    });
    const [first, last] = [tokens[at], tokens[at + words.length - 1]];
    if (fits && first && last) places.push({ word: first.word, from: first.from, to: last.to });
  }
  return places;
}

function joined(places: readonly WordToken[]): CallSnippet["marks"] {
  const marks: { from: number; to: number }[] = [];
  for (const { from, to } of [...places].sort((one, other) => one.from - other.from)) {
    const last = marks.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else marks.push({ from, to });
  }
  return marks;
}

/** At spaces where there are any, so that no word is cut. */
function cut(text: string, marks: CallSnippet["marks"]): Pick<CallSnippet, "text" | "marks"> {
  const first = marks[0]?.from ?? 0;
  let start = text.length <= MAX_CHARS ? 0 : Math.max(0, first - BEFORE_CHARS);
  if (start > 0) {
    const space = text.indexOf(" ", start);
    start = space !== -1 && space < first ? space + 1 : wholeFrom(text, start);
  }
  let end = Math.min(text.length, start + MAX_CHARS);
  if (end < text.length) {
    const space = text.lastIndexOf(" ", end);
    end = space > first ? space : wholeFrom(text, end);
  }
  const before = start > 0 ? "… " : "";
  const after = end < text.length ? " …" : "";
  return {
    text: `${before}${text.slice(start, end)}${after}`,
    marks: marks.filter(({ from }) => from < end).map(({ from, to }) => ({
      from: from - start + before.length,
      to: Math.min(to, end) - start + before.length,
    })),
  };
}

/** Not between the two units of one character. */
function wholeFrom(text: string, at: number): number {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 ? at + 1 : at;
}
