import { isCardNumber, looksLikeCard, mayBecomeCard } from "./cardNumbers.ts";
import { type Finding, remember } from "./finding.ts";
import { HELD } from "./marks.ts";
import { type NumberRun, placesOf } from "./numberRuns.ts";

const SHOWN = "[card number]";
const REST = "[card details]";
/** The most likely first: a number and its security code may be one of another length by chance. */
const LENGTHS = [16, 15, 14, 19, 18, 17, 13, 12];
const MIN_LENGTH = 12;
const MAX_LENGTH = 19;
/** Numbers of orders and customers are often shorter. */
const MIN_LENGTH_UNANNOUNCED = 14;
const MAX_REST = 11;
/** Fewer may be a house number or the year. */
const MIN_HELD_OF_CARDS = 4;
/** Where nobody speaks of cards; what stands for the issuer, the first six, may be shown of any. */
const MIN_HELD = 7;
/** Fewer are repeated so that somebody recognizes the card, as its last four are. */
const MIN_REPEATED = 5;
const MIN_ECHO = 3;
const MIN_CUT_OFF = 8;

/** Marks card numbers in the runs of one speaker, and holds back what may become one. */
export function findCards(finding: Finding, runs: readonly NumberRun[], mayHold: boolean): void {
  for (const run of runs) {
    if (run.goesOn && run.digits.length < MAX_LENGTH) {
      for (const place of placesOf(run.parts)) finding.mark(place, SHOWN);
      continue;
    }
    const hasCard = markWhole(finding, run);
    if (!hasCard && !run.atEnd) markAnswer(finding, run);
    if (run.atEnd) holdEnd(finding, run, mayHold);
    markRepeated(finding, run);
  }
}

/** Returns whether there is any. */
function markWhole(finding: Finding, run: NumberRun): boolean {
  const { parts, digits, starts } = run;
  let isAny = false;
  for (let at = 0; at < parts.length;) {
    const last = digits.length < MIN_LENGTH ? undefined : cardAt(finding, run, at);
    if (last === undefined) {
      at++;
      continue;
    }
    isAny = true;
    const line = parts[last]?.line ?? 0;
    remember(finding.known.cards, digits.slice(starts[at], starts[last + 1]));
    finding.wholeAt.add(line);
    finding.cardLines.push(...parts.slice(at, last + 1).map((part) => part.line));
    for (const place of placesOf(parts, at, last)) finding.mark(place, SHOWN);
    at = last + 1;
    const restTo = markRest(finding, line, parts[last]?.to ?? 0);
    while (parts[at]?.line === line && (parts[at]?.to ?? 0) <= restTo) at++;
  }
  return isAny;
}

/** Marks date and security code, said in the same breath; returns their end. */
function markRest(finding: Finding, line: number, after: number): number {
  const tokens = finding.lines[line]?.tokens ?? [];
  let digits = 0;
  let place: { from: number; to: number } | undefined;
  const next = tokens.findIndex(({ from }) => from >= after);
  for (const { kind, word, from, to, digits: number } of next < 0 ? [] : tokens.slice(next)) {
    if (kind === "digits" || kind === "measure") {
      digits += number.length;
      if (digits > MAX_REST) return after;
      place = { from: place?.from ?? from, to };
    } else if (kind !== "filler" && word !== "/") break;
  }
  if (place === undefined) return after;
  finding.mark({ line, ...place }, REST);
  return place.to;
}

/** Marks a piece that was said when the other side had asked for a card, and was not gone on with. */
function markAnswer(finding: Finding, { parts, digits }: NumberRun): void {
  if (digits.length < MIN_CUT_OFF || digits.length > MAX_LENGTH) return;
  if (!finding.askedBefore(parts[0]?.line ?? 0).has("card")) return;
  for (const place of placesOf(parts)) finding.mark(place, SHOWN);
}

/** The last part of a card number that begins with a part. */
function cardAt(
  finding: Finding,
  { parts, digits, starts, atEnd }: NumberRun,
  first: number,
): number | undefined {
  const begin = starts[first] ?? 0;
  const length = digits.length - begin;
  if (length < MIN_LENGTH || !mayBecomeCard(digits.slice(begin, begin + 4))) return undefined;
  const line = parts[first]?.line ?? 0;
  /** By the number of digits up to there. */
  const ends: number[] = [];
  for (let at = first; at < parts.length; at++) {
    const count = (starts[at + 1] ?? 0) - begin;
    if (count > MAX_LENGTH) break;
    ends[count] = at;
  }
  for (const count of LENGTHS) {
    const end = ends[count];
    if (end === undefined || !isCardNumber(digits.slice(begin, begin + count))) continue;
    if (count >= MIN_LENGTH_UNANNOUNCED || finding.isAboutCards(line)) return end;
  }
  // One digit that was misheard spoils the check of all.
  const isWhole = first === 0 && length <= MAX_LENGTH && looksLikeCard(digits) &&
    !(atEnd && mayBecomeCard(digits));
  return isWhole && finding.isAboutCards(line) ? parts.length - 1 : undefined;
}

function holdEnd(finding: Finding, run: NumberRun, mayHold: boolean): void {
  const { parts, digits, starts } = run;
  for (let first = Math.max(0, parts.length - MAX_LENGTH); first < parts.length; first++) {
    const end = digits.slice(starts[first]);
    const line = parts[first]?.line ?? 0;
    if (end.length < MIN_HELD_OF_CARDS) return;
    if (end.length > MAX_LENGTH || !mayBecomeCard(end)) continue;
    if (end.length < MIN_HELD && !finding.awaitsCard(line)) return;
    if (mayHold) {
      for (const place of placesOf(parts, first)) finding.mark(place, HELD);
      finding.held.push(end);
      finding.cardLines.push(...parts.slice(first).map((part) => part.line));
      return;
    }
    if (end.length >= MIN_CUT_OFF && finding.isAboutCards(line)) {
      for (const place of placesOf(parts, first)) finding.mark(place, SHOWN);
      return;
    }
  }
}

/** Marks parts of numbers that are known already. */
function markRepeated(finding: Finding, { parts, digits, starts }: NumberRun): void {
  const { known: { cards }, cardLines } = finding;
  if (cards.size === 0 && finding.held.length === 0) return;
  const numbers = [...cards].join(" ");
  const all = `${numbers} ${finding.held.join(" ")}`;
  // What is repeated last, of a whole number, are its last four digits: they may be shown.
  const [from, to] = [
    Math.min(...cardLines),
    Math.max(...cardLines) + (finding.held.length > 0 ? 1 : 0),
  ];
  for (let first = 0; first < parts.length;) {
    let last = first;
    while (last < parts.length && all.includes(digits.slice(starts[first], starts[last + 1]))) {
      last++;
    }
    const repeated = digits.slice(starts[first], starts[last]);
    const line = parts[first]?.line ?? 0;
    // Between the pieces of a number, the agent repeats each.
    const isEcho = repeated.length >= MIN_ECHO && line >= from && line <= to &&
      !finding.wholeAt.has(line);
    if (repeated.length >= MIN_REPEATED || isEcho) {
      const shown = numbers.includes(repeated) ? SHOWN : HELD;
      for (const place of placesOf(parts, first, last - 1)) finding.mark(place, shown);
    }
    first = Math.max(last, first + 1);
  }
}
