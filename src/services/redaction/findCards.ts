import { CheckDigits, lengthsOf, looksLikeCard, mayBecomeCard } from "./cardNumbers.ts";
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
  }
  markRepeated(finding, runs);
}

/** Returns whether there is any. */
function markWhole(finding: Finding, run: NumberRun): boolean {
  const { parts, digits, starts } = run;
  if (digits.length < MIN_LENGTH) return false;
  const checks = new CheckDigits(digits);
  /** By place in the digits, the part that ends there, counted from 1. */
  const ends = new Int32Array(digits.length + 1);
  parts.forEach((_, at) => ends[starts[at + 1]!] = at + 1);
  let isAny = false;
  for (let at = 0; at < parts.length;) {
    const last = cardAt(finding, run, at, { checks, ends });
    if (last === undefined) {
      at++;
      continue;
    }
    isAny = true;
    const line = parts[last]?.line ?? 0;
    remember(finding.known.cards, digits.slice(starts[at], starts[last + 1]));
    finding.wholeAt.add(line);
    for (const part of parts.slice(at, last + 1)) finding.cardLines.add(part.line);
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
  for (let at = tokenAfter(tokens, after); at < tokens.length; at++) {
    const { kind, word, from, to, digits: number } = tokens[at]!;
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
  { checks, ends }: { readonly checks: CheckDigits; readonly ends: Int32Array },
): number | undefined {
  const begin = starts[first] ?? 0;
  const length = digits.length - begin;
  const lengths = lengthsOf(digits, begin, digits.length);
  if (length < MIN_LENGTH || lengths.length === 0) return undefined;
  const line = parts[first]?.line ?? 0;
  for (const count of LENGTHS) {
    const end = ends[begin + count] ?? 0;
    if (end === 0 || !lengths.includes(count) || !checks.holds(begin, begin + count)) continue;
    if (count >= MIN_LENGTH_UNANNOUNCED || finding.isAboutCards(line)) return end - 1;
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
      for (const part of parts.slice(first)) finding.cardLines.add(part.line);
      return;
    }
    if (end.length >= MIN_CUT_OFF && finding.isAboutCards(line)) {
      for (const place of placesOf(parts, first)) finding.mark(place, SHOWN);
      return;
    }
  }
}

/** Marks parts of numbers that are known already, also where they were said before them. */
function markRepeated(finding: Finding, runs: readonly NumberRun[]): void {
  const { known: { cards }, cardLines } = finding;
  if (runs.length === 0 || cards.size === 0 && finding.held.length === 0) return;
  const numbers = [...cards].join(" ");
  const all = `${numbers} ${finding.held.join(" ")}`;
  const [pieces, longPieces] = [piecesOf(all, MIN_ECHO), piecesOf(all, MIN_REPEATED)];
  // What is repeated last, of a whole number, are its last four digits: they may be shown.
  const [from, to] = [
    Math.min(...cardLines),
    Math.max(...cardLines) + (finding.held.length > 0 ? 1 : 0),
  ];
  for (const { goesOn, parts, digits, starts } of runs) {
    if (goesOn && digits.length < MAX_LENGTH) continue;
    for (let first = 0; first < parts.length;) {
      const line = parts[first]!.line;
      // Between the pieces of a number, the agent repeats each.
      const mayEcho = line >= from && line <= to && !finding.wholeAt.has(line);
      const [least, known] = mayEcho ? [MIN_ECHO, pieces] : [MIN_REPEATED, longPieces];
      const begin = starts[first]!;
      if (!known.has(digits.slice(begin, begin + least))) {
        first++;
        continue;
      }
      let last = first;
      while (last < parts.length && all.includes(digits.slice(begin, starts[last + 1]))) last++;
      const repeated = digits.slice(begin, starts[last]);
      if (repeated.length >= least) {
        const shown = numbers.includes(repeated) ? SHOWN : HELD;
        for (const place of placesOf(parts, first, last - 1)) finding.mark(place, shown);
      }
      first = Math.max(last, first + 1);
    }
  }
}

/** The first token that begins at a place or behind it. */
function tokenAfter(tokens: readonly { readonly from: number }[], place: number): number {
  let [low, high] = [0, tokens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tokens[middle]!.from < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** All pieces of a length that stand in it. */
function piecesOf(text: string, length: number): ReadonlySet<string> {
  const pieces = new Set<string>();
  for (let at = 0; at + length <= text.length; at++) pieces.add(text.slice(at, at + length));
  return pieces;
}
