import type { TranscriptTurn } from "../../../call/callEvent.ts";
import type { Columns } from "../columns.ts";
import { sha256 } from "../../../utils/sha256.ts";

/** Of a longer line only so much counts. */
const MAX_CHARACTERS = 4000;
/** A line of fewer words begins like too many others to be told apart before its end. */
const BEGIN_WORDS = 4;

/** The words of a text as they are shown: what stands between spaces. */
export function wordsOf(text: string): readonly string[] {
  return text.slice(0, MAX_CHARACTERS).split(/\s+/).filter((word) => word !== "");
}

/** What an agent's turn was to say: what was heard of it, and what was not. */
export function wholeText({ text, unheard }: Pick<TranscriptTurn, "text" | "unheard">): string {
  return unheard === undefined ? text : `${text} ${unheard}`;
}

/** Lines are the same where these are: letters and digits count, their case and the rest do not. */
export function normalWords(text: string): readonly string[] {
  const looked = text.slice(0, MAX_CHARACTERS).normalize("NFKC").toLowerCase();
  return wordsOf(looked.replace(/[^\p{L}\p{M}\p{N}\s]+/gu, ""));
}

/**
 * The columns of a turn that say how much of it was heard, and by which the same line is found in other
 * calls; without values for what is no part of the conversation, and until it is final.
 */
export function heardColumns(turn: TranscriptTurn, isGreeting: boolean): Columns {
  const whole = wholeText(turn);
  const words = wordsOf(whole).length;
  const isLine = turn.role === "agent" && turn.final && turn.aside !== true && words > 0;
  if (!isLine) {
    return {
      ...{ words: null, heard_words: null, line: null, line_begin: null },
      ...{ is_greeting: null, is_kept: null },
    };
  }
  const normal = normalWords(whole);
  const isLong = normal.length >= BEGIN_WORDS;
  return {
    words,
    heard_words: wordsOf(turn.text).length,
    line: isLong ? hash(normal) : null,
    line_begin: isLong ? hash(normal.slice(0, BEGIN_WORDS)) : null,
    is_greeting: Number(isGreeting),
    // The model is not paid for what was kept as audio.
    is_kept: Number(turn.id.startsWith("kept_")),
  };
}

function hash(words: readonly string[]): string {
  return sha256(words.join(" ")).subarray(0, 9).toBase64();
}
