import { type Finding, remember } from "./finding.ts";
import type { RedactionRules } from "./rules.ts";
import { CONNECTORS, ENDS, MONTHS, NO_VALUES, ORDINAL, SMALL_TALK } from "./secretWords.ts";
import type { Token } from "./tokens.ts";
import type { Topic } from "./triggers.ts";

const SHOWN: Readonly<Record<Exclude<Topic, "card">, string>> = {
  securityCode: "[security code]",
  expiry: "[expiry date]",
  code: "[code]",
  password: "[password]",
  key: "[key]",
  birth: "[date of birth]",
};

/** So many tokens may stand between what is announced and its number. */
const REACH = 8;
const MIN_KNOWN = 3;
const MAX_PASSWORD_WORDS = 5;
const MAX_DATE_TOKENS = 10;
const MAX_CHUNK = 80;

/** Marks what a line announces as secret, or what it answers with where the other side has asked for that. */
export function findSecrets(finding: Finding, index: number, rules: RedactionRules): void {
  const line = finding.lines[index];
  if (line === undefined) return;
  for (const { topic, next } of finding.announcements[index] ?? []) {
    if (isWanted(topic)) markBehind(finding, index, topic, next);
  }
  const asked = finding.askedBefore(index);
  for (const topic of asked) {
    if (isWanted(topic)) markAnswer(finding, index, topic);
  }
  markKnown(finding, index);

  function isWanted(topic: Topic): topic is Exclude<Topic, "card"> {
    switch (topic) {
      case "card":
        return false;
      case "securityCode":
        return rules.cards;
      case "expiry":
        return rules.cards && finding.isAboutCards(index);
      case "birth":
        return rules.birthDates;
      default:
        return rules.secrets;
    }
  }
}

type Announced = Exclude<Topic, "card">;

function markBehind(finding: Finding, index: number, topic: Announced, next: number): void {
  const line = finding.lines[index];
  if (line === undefined) return;
  const { tokens } = line;
  if (topic === "birth") return markDate(finding, index, next, next + REACH);
  if (topic === "password" || topic === "key") return markValue(finding, index, topic, next);
  for (let at = next; at < Math.min(tokens.length, next + REACH); at++) {
    const token = tokens[at];
    const isMonth = topic === "expiry" && MONTHS.has(token?.word ?? "");
    if (token?.kind === "digits" || token?.kind === "measure" || isMonth) {
      return void markNumber(finding, index, topic, at);
    }
  }
}

function markAnswer(finding: Finding, index: number, topic: Announced): void {
  const line = finding.lines[index];
  if (line === undefined) return;
  const { tokens } = line;
  if (topic === "birth") return markDate(finding, index, 0, tokens.length);
  if (topic === "key") return;
  if (topic === "password") {
    const words = tokens.filter(({ kind }) => kind !== "filler" && kind !== "stop");
    const isAnswer = words.length > 0 && words.length <= MAX_PASSWORD_WORDS &&
      !words.some(({ word }) => SMALL_TALK.has(word));
    const [first, last] = [words[0], words.at(-1)];
    if (!isAnswer || first === undefined || last === undefined) return;
    // What belongs to a password besides letters and digits is glued to it.
    const to = chunkEnd(line.text, last.to);
    finding.mark({ line: index, from: chunkStart(line.text, first.from), to }, SHOWN.password);
    if (!line.open) learn(finding, words);
    return;
  }
  for (let at = 0; at < tokens.length;) {
    const { kind, word = "" } = tokens[at] ?? {};
    const isMonth = topic === "expiry" && MONTHS.has(word);
    at = kind === "digits" || kind === "measure" || isMonth
      ? markNumber(finding, index, topic, at)
      : at + 1;
  }
}

/** Marks a number that has the length of its topic; returns the token behind it. */
function markNumber(finding: Finding, index: number, topic: Announced, first: number): number {
  const line = finding.lines[index];
  if (line === undefined) return first + 1;
  const { tokens } = line;
  let digits = "";
  let last = first;
  let fillers = 0;
  let hasMonth = false;
  for (let at = first; at < tokens.length && fillers <= 3; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    const isMonth = topic === "expiry" && MONTHS.has(token.word);
    if (token.kind === "digits" || token.kind === "measure" || isMonth) {
      hasMonth ||= isMonth;
      digits += token.digits;
      last = at;
      fillers = 0;
    } else if (token.kind === "filler" || token.word === "/") fillers++;
    else break;
  }
  const [min, max] = LENGTHS[topic];
  const isLong = digits.length >= (line.open ? 1 : min) || hasMonth;
  const fits = digits.length <= max && isLong;
  const [from, to] = [tokens[first], tokens[last]];
  if (fits && from !== undefined && to !== undefined) {
    finding.mark({ line: index, from: from.from, to: to.to }, SHOWN[topic]);
    if (!line.open && topic !== "expiry" && digits.length >= MIN_KNOWN) {
      remember(finding.known.codes, digits);
    }
  }
  return last + 1;
}

const LENGTHS: Readonly<Record<Announced, readonly [min: number, max: number]>> = {
  securityCode: [3, 4],
  expiry: [3, 8],
  code: [3, 12],
  password: [3, 32],
  key: [8, 64],
  birth: [2, 8],
};

/** Marks the words behind one that says that they are the password, or the key. */
function markValue(finding: Finding, index: number, topic: "password" | "key", next: number): void {
  const line = finding.lines[index];
  if (line === undefined) return;
  const { tokens, text } = line;
  let at = next;
  while (at < tokens.length && CONNECTORS.has(tokens[at]?.word ?? "")) at++;
  const first = tokens[at];
  if (at === next || first === undefined || NO_VALUES.has(first.word)) return;
  if (topic === "key") {
    const from = chunkStart(text, first.from);
    const to = chunkEnd(text, first.to);
    if (to - from >= 8 && /\d/.test(text.slice(from, to))) {
      finding.mark({ line: index, from, to }, SHOWN.key);
    }
    return;
  }
  const words: Token[] = [];
  for (let end = at; end < tokens.length && words.length < MAX_PASSWORD_WORDS; end++) {
    const token = tokens[end];
    const last = words.at(-1);
    const isApart = last !== undefined && /\s/.test(text.slice(last.to, token?.from));
    if (token === undefined || isApart && (token.kind === "filler" || ENDS.has(token.word))) break;
    if (isApart && /[.!?,;"”]\s/.test(text.slice(last.to, token.from))) break;
    if (token.kind === "word" || token.kind === "digits" || !isApart) words.push(token);
  }
  while (words.at(-1)?.kind === "filler" || words.at(-1)?.kind === "stop") words.pop();
  const last = words.at(-1);
  if (last === undefined) return;
  const to = chunkEnd(text, last.to);
  finding.mark({ line: index, from: chunkStart(text, first.from), to }, SHOWN.password);
  if (!line.open) learn(finding, words);
}

/** Marks from the first number or month up to where the date ends. */
function markDate(finding: Finding, index: number, from: number, reach: number): void {
  const tokens = finding.lines[index]?.tokens ?? [];
  const isPart = (token: Token | undefined) =>
    token?.kind === "digits" || token?.kind === "measure" || MONTHS.has(token?.word ?? "") ||
    ORDINAL.test(token?.word ?? "");
  const isFirst = (token: Token) =>
    token.kind === "digits" || token.kind === "measure" || MONTHS.has(token.word);
  const found = tokens.findIndex((token, at) => at >= from && at < reach && isFirst(token));
  if (found < 0) return;
  const first = found > from && ORDINAL.test(tokens[found - 1]?.word ?? "") ? found - 1 : found;
  let last = found;
  for (let at = first; at < Math.min(tokens.length, first + MAX_DATE_TOKENS); at++) {
    if (isPart(tokens[at])) last = at;
  }
  const [begin, end] = [tokens[first], tokens[last]];
  if (begin === undefined || end === undefined) return;
  finding.mark({ line: index, from: begin.from, to: end.to }, SHOWN.birth);
}

/** Marks what was found out before, wherever it is said again. */
function markKnown(finding: Finding, index: number): void {
  const { known: { codes, passwords } } = finding;
  const tokens = finding.lines[index]?.tokens ?? [];
  if (codes.size === 0 && passwords.size === 0) return;
  for (let first = 0; first < tokens.length; first++) {
    const token = tokens[first];
    if (token === undefined) continue;
    if (token.kind === "word" && passwords.has(token.word)) {
      finding.mark({ line: index, from: token.from, to: token.to }, SHOWN.password);
    }
    if (token.kind !== "digits" || tokens[first - 1]?.kind === "digits") continue;
    let digits = "";
    let last = first;
    for (let at = first; tokens[at]?.kind === "digits" || isComma(tokens, at); at++) {
      if (tokens[at]?.kind !== "digits") continue;
      digits += tokens[at]?.digits;
      last = at;
    }
    if (codes.has(digits)) {
      finding.mark({ line: index, from: token.from, to: tokens[last]?.to ?? token.to }, SHOWN.code);
    }
    first = last;
  }
}

function isComma(tokens: readonly Token[], at: number): boolean {
  return /^[,.-]$/.test(tokens[at]?.word ?? "") && tokens[at + 1]?.kind === "digits";
}

/** Words that are long enough not to be everybody's. */
function learn({ known }: Finding, words: readonly Token[]): void {
  for (const { kind, word } of words) {
    if (kind === "word" && word.length >= 5) remember(known.passwords, word);
  }
  const digits = words.map((each) => each.kind === "digits" ? each.digits : "").join("");
  if (digits.length >= MIN_KNOWN) remember(known.codes, digits);
}

function chunkStart(text: string, at: number): number {
  let from = at;
  while (from > Math.max(0, at - MAX_CHUNK) && !isBoundary(text, from - 1, OPENING)) from--;
  return from;
}

function chunkEnd(text: string, at: number): number {
  let to = at;
  while (to < Math.min(text.length, at + MAX_CHUNK) && !isBoundary(text, to, CLOSING)) to++;
  while (to > at && /[.,;:!?)\]]/.test(text.charAt(to - 1))) to--;
  return to;
}

const OPENING = "\"“„'«»:=";
const CLOSING = "\"”“'«»";

/** Whether a blank stands there, or one of the marks. */
function isBoundary(text: string, at: number, marks: string): boolean {
  const code = text.charCodeAt(at);
  if (code === 32 || code < 14 && code > 8) return true;
  return marks.includes(text.charAt(at)) || code > 127 && /\s/.test(text.charAt(at));
}
