import type { CallEvidence } from "../callEvidence.ts";
import { findHeard } from "../ear/findHeard.ts";
import { findWords, plainWords } from "../ear/findWords.ts";
import { readings } from "../ear/numberWords.ts";
import { lateBetween, unlessLate } from "./lateMachine.ts";
import { seconds, skipped, type Verdict, verdict } from "./verdict.ts";

/** Why nothing can be said of words; undefined where something can. */
export function wordsUntold(
  { wordsBy, lines, notTranscribed }: Pick<CallEvidence, "wordsBy" | "lines" | "notTranscribed">,
): string | undefined {
  const why = notTranscribed === undefined ? "" : `; transcribing it failed: ${notTranscribed}`;
  if (wordsBy === "nobody") return `only the sound of this call is known, not its words${why}`;
  // Records may be kept without their texts.
  const isBare = wordsBy === "record" && lines.length > 0 &&
    lines.every(({ words, unheard }) =>
      plainWords(`${words.map(({ text }) => text).join(" ")} ${unheard}`).length === 0
    );
  return isBare ? `the server's record has no words of what was heard${why}` : undefined;
}

/**
 * The caller heard these words to the last; after others, and within a time since them or the answer, where given. What
 * is late by no more than the machine was says nothing.
 */
export function checkHeard(
  { text, withinMs, after }: {
    readonly text: string;
    readonly withinMs?: number;
    readonly after?: string;
  },
  evidence: CallEvidence,
): Verdict {
  const limit = withinMs === undefined ? "" : ` within ${seconds(withinMs)}`;
  const expected = `heard "${text}"${limit}${after === undefined ? "" : ` after "${after}"`}`;
  const untold = wordsUntold(evidence);
  if (untold !== undefined) return skipped(expected, untold);
  const sinceMs = after === undefined ? 0 : endOf(after, evidence);
  if (sinceMs === undefined) return verdict(expected, false, `"${after}" was never said`);
  const found = findHeard(text, evidence, after === undefined ? undefined : sinceMs);
  if (found === undefined) {
    const before = after === undefined ? undefined : findHeard(text, evidence);
    if (before !== undefined) {
      return verdict(expected, false, `heard only before, at ${seconds(before.toMs)}`, sinceMs);
    }
    const unheard = evidence.lines.find(({ unheard, words }) => {
      const all = [...words, ...unheard.split(" ").map((text) => ({ text, fromMs: 0, toMs: 0 }))];
      return findWords(text, all) !== undefined;
    });
    if (unheard === undefined) return verdict(expected, false, lostOrNotSaid(text, evidence));
    return verdict(expected, false, "it was cut off before its end", unheard.toMs);
  }
  const tookMs = found.toMs - sinceMs;
  const since = after === undefined ? "" : `, ${seconds(tookMs)} after it`;
  const told = verdict(
    expected,
    withinMs === undefined || tookMs <= withinMs,
    `heard at ${seconds(found.toMs)}${since}${saidBy(evidence)}`,
    found.fromMs,
  );
  if (withinMs === undefined) return told;
  return unlessLate(told, tookMs - withinMs, lateBetween(evidence.late, sinceMs, found.toMs));
}

/** Of words that were heard, or of the caller's line that has them: whichever was first. */
function endOf(text: string, evidence: CallEvidence): number | undefined {
  const line = evidence.said?.find(({ words, fromMs, toMs }) =>
    findWords(text, [{ text: words, fromMs, toMs }]) !== undefined
  );
  const ends = [line, findHeard(text, evidence)].flatMap((found) => found?.toMs ?? []);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** No run of these words was heard to its last. */
export function checkNeverHeard(text: string, evidence: CallEvidence): Verdict {
  const untold = wordsUntold(evidence);
  if (untold !== undefined) return skipped(`never heard "${text}"`, untold);
  if (evidence.lines.every(({ words }) => words.length === 0)) {
    return skipped(`never heard "${text}"`, "nothing that the agent says was heard");
  }
  // However its numbers may be meant.
  const found =
    readings.flatMap((reading) => findHeard(text, evidence, undefined, reading) ?? [])[0];
  return found === undefined
    ? verdict(`never heard "${text}"`, true, `not heard${saidBy(evidence)}`)
    : verdict(
      `never heard "${text}"`,
      false,
      `heard at ${seconds(found.fromMs)}${saidBy(evidence)}`,
      found.fromMs,
    );
}

function saidBy({ wordsBy, notTranscribed }: CallEvidence): string {
  if (wordsBy === "ear") return ", as transcribed";
  if (wordsBy !== "record") return "";
  const why = notTranscribed === undefined ? "" : `; transcribing it failed: ${notTranscribed}`;
  return `, with the words of the server's record${why}`;
}

/** Words that got lost in the middle of a line stand apart from those that were heard. */
function lostOrNotSaid(text: string, { lines }: CallEvidence): string {
  const wanted = plainWords(text);
  const isLost = lines.some(({ words, unheard }) => {
    const all = plainWords(`${words.map(({ text }) => text).join(" ")} ${unheard}`);
    return wanted.every((word) => all.includes(word));
  });
  return isLost ? "it was said, but not all of it was heard" : "it was not said";
}
