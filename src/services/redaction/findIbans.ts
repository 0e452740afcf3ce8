import type { Finding } from "./finding.ts";
import { HELD } from "./marks.ts";
import type { Token } from "./tokens.ts";

const SHOWN = "[IBAN]";
const MIN_HELD = 6;
const MAX_FILLERS = 4;

/** Lengths by country, from the register of the standard. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  ("AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 " +
    "GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IS26 IT27 JO30 KW30 KZ20 LB28 LI21 LT20 LU20 LV21 MC27 MD24 ME22 " +
    "MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SE24 SI19 SK24 SM27 TN24 TR26 UA29 VA22 XK20")
    .split(" ").map((each) => [each.slice(0, 2), Number(each.slice(2))]),
);

/** Marks account numbers in the lines of one speaker, also spelled and over several lines. */
export function findIbans(finding: Finding, indices: readonly number[], mayHold: boolean): void {
  const stream: Token[] = [];
  /** By token, its line. */
  const lines: number[] = [];
  for (const line of indices) {
    for (const token of finding.lines[line]?.tokens ?? []) {
      stream.push(token);
      lines.push(line);
    }
  }
  const written = stream.map(charactersOf);
  for (let at = 0; at < stream.length; at++) {
    const country = countryAt(stream, at);
    if (country === undefined) continue;
    const length = LENGTHS.get(country.code) ?? 0;
    let count = 2;
    let fillers = 0;
    let last = at + country.tokens - 1;
    let next = last + 1;
    for (; next < stream.length && count < length; next++) {
      const characters = written[next]!;
      if (characters === "") {
        if (stream[next]?.kind !== "filler" || ++fillers > MAX_FILLERS) break;
        continue;
      }
      // The check digits stand behind the country.
      if (count === 2 && !isDigit(characters)) break;
      count += characters.length;
      fillers = 0;
      last = next;
    }
    const isWhole = count === length &&
      isAccount(country.code + written.slice(at + country.tokens, next).join(""));
    if (isWhole) mark(at, last, SHOWN);
    else if (mayHold && next >= stream.length && count < length && count >= MIN_HELD) {
      mark(at, last, HELD);
    }
    if (isWhole) at = next - 1;
  }

  function mark(first: number, last: number, shown: string): void {
    for (let from = first; from <= last;) {
      let to = from;
      while (to < last && lines[to + 1] === lines[from]) to++;
      const [begin, end] = [stream[from], stream[to]];
      if (begin === undefined || end === undefined) return;
      finding.mark({ line: lines[from] ?? 0, from: begin.from, to: end.to }, shown);
      from = to + 1;
    }
  }
}

function countryAt(stream: readonly Token[], at: number) {
  const [first, second] = [stream[at], stream[at + 1]];
  if (first === undefined || first.word.length > 2) return undefined;
  if (first.kind === "word" && first.word.length === 2 && LENGTHS.has(first.word.toUpperCase())) {
    return { code: first.word.toUpperCase(), tokens: 1 };
  }
  if (second === undefined || first.word.length !== 1 || second.word.length !== 1) return undefined;
  const code = `${first.word}${second.word}`.toUpperCase();
  return LENGTHS.has(code) ? { code, tokens: 2 } : undefined;
}

/** What a token writes of an account number; nothing where it cannot be a part of one. */
function charactersOf({ kind, digits, word, upper }: Token): string {
  if (kind === "digits") return digits;
  const isSpelled = kind === "word" && (word.length === 1 || upper && word.length <= 6);
  return isSpelled ? word.toUpperCase() : "";
}

function isDigit(characters: string): boolean {
  const code = characters.charCodeAt(0);
  return code >= 48 && code <= 57;
}

/** By the remainder by 97 of ISO 13616; of digits alone, one that was misheard spoils it. */
function isAccount(iban: string): boolean {
  if (/^..\d+$/.test(iban)) return true;
  let remainder = 0;
  for (let at = 0; at < iban.length; at++) {
    const code = iban.charCodeAt((at + 4) % iban.length);
    const value = code < 58 ? code - 48 : code - 55;
    if (value < 0 || value > 35 || value > 9 && code < 65) return false;
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
