import { isCardNumber, looksLikeCard, mayBecomeCard } from "./cardNumbers.ts";
import { HELD } from "./marks.ts";
import type { Finding } from "./finding.ts";
import { digitsOf, type NumberRun, placesOf } from "./numberRuns.ts";

const SHOWN = "[card number]";
const REST = "[card details]";
/** The most likely first: a number and its security code may be one of another length by chance. */
const LENGTHS = [16, 15, 14, 19, 18, 17, 13, 12];
/** Numbers of orders and customers are often as long. */
const LENGTHS_OF_CARDS_ALONE = 14;
const MAX_LENGTH = 19;
const MAX_REST = 8;
/** Fewer may be a house number or the year. */
const MIN_HELD = 4;
/** Fewer are repeated so that somebody recognizes the card, as its last four are. */
const MIN_REPEATED = 5;
const MIN_CUT_OFF = 8;

/** Marks card numbers in the runs of one speaker, and holds back what may become one. */
export function findCards(finding: Finding, runs: readonly NumberRun[], mayHold: boolean): void {
  for (const run of runs) {
    const { parts, atEnd, goesOn } = run;
    if (goesOn && digitsOf(parts).length < MAX_LENGTH) {
      for (const place of placesOf(parts)) finding.mark(place, SHOWN);
      continue;
    }
    let at = 0;
    while (at < parts.length) {
      const last = cardAt(finding, run, at);
      if (last === undefined) {
        at++;
        continue;
      }
      const number = digitsOf(parts, at, last);
      finding.known.cards.add(number);
      for (const place of placesOf(parts, at, last)) finding.mark(place, SHOWN);
      finding.cardLines.push(...parts.slice(at, last + 1).map(({ line }) => line));
      // Its date and security code, said in the same breath.
      const rest = parts.slice(last + 1).filter(({ line }) => line === parts[last]?.line);
      if (rest.length > 0 && digitsOf(rest).length <= MAX_REST) {
        for (const place of placesOf(rest)) finding.mark(place, REST);
        at = last + 1 + rest.length;
      } else at = last + 1;
    }
    if (atEnd) holdEnd(finding, run, mayHold);
    markRepeated(finding, run);
  }
}

/** The last part of a card number that begins with a part. */
function cardAt(
  { isAboutCards }: Finding,
  { parts, atEnd }: NumberRun,
  first: number,
): number | undefined {
  const head = parts[first]?.digits ?? "";
  if (!mayBecomeCard(head.slice(0, 4))) return undefined;
  /** By the number of digits up to there. */
  const ends: number[] = [];
  let digits = "";
  for (let at = first; at < parts.length && digits.length < MAX_LENGTH; at++) {
    digits += parts[at]?.digits ?? "";
    ends[digits.length] = at;
  }
  digits = digits.slice(0, MAX_LENGTH);
  if (digits.length < 12 || !mayBecomeCard(digits.slice(0, 4))) return undefined;
  const isAbout = isAboutCards(parts[first]?.line ?? 0);
  for (const length of LENGTHS) {
    const end = ends[length];
    if (end === undefined || length < LENGTHS_OF_CARDS_ALONE && !isAbout) continue;
    if (isCardNumber(digits.slice(0, length))) return end;
  }
  // One digit that was misheard spoils the check of all.
  const whole = ends[digits.length];
  const isWhole = first === 0 && whole === parts.length - 1;
  return isAbout && isWhole && looksLikeCard(digits) && !(atEnd && mayBecomeCard(digits))
    ? whole
    : undefined;
}

function holdEnd(finding: Finding, { parts }: NumberRun, mayHold: boolean): void {
  for (let first = Math.max(0, parts.length - MAX_LENGTH); first < parts.length; first++) {
    const line = parts[first]?.line ?? 0;
    const digits = digitsOf(parts, first);
    if (digits.length < MIN_HELD) return;
    if (digits.length > MAX_LENGTH || !mayBecomeCard(digits)) continue;
    if (mayHold) {
      for (const place of placesOf(parts, first)) finding.mark(place, HELD);
      finding.held.push(digits);
      finding.cardLines.push(...parts.slice(first).map(({ line }) => line));
      return;
    }
    if (digits.length >= MIN_CUT_OFF && finding.isAboutCards(line)) {
      for (const place of placesOf(parts, first)) finding.mark(place, SHOWN);
      return;
    }
  }
}

/** Marks parts of numbers that are known already. */
function markRepeated(finding: Finding, { parts }: NumberRun): void {
  const { known: { cards }, cardLines } = finding;
  if (cards.size === 0 && finding.held.length === 0) return;
  const numbers = [...cards].join(" ");
  const all = `${numbers} ${finding.held.join(" ")}`;
  const [from, to] = [Math.min(...cardLines), Math.max(...cardLines) + 1];
  for (let first = 0; first < parts.length;) {
    let last = first;
    while (last < parts.length && all.includes(digitsOf(parts, first, last))) last++;
    const digits = digitsOf(parts, first, last - 1);
    const line = parts[first]?.line ?? 0;
    // Between the pieces of a number, the agent repeats each.
    const isEcho = digits.length >= 3 && line >= from && line <= to;
    if (last > first && (digits.length >= MIN_REPEATED || isEcho)) {
      const shown = numbers.includes(digits) ? SHOWN : HELD;
      for (const place of placesOf(parts, first, last - 1)) finding.mark(place, shown);
    }
    first = Math.max(last, first + 1);
  }
}
