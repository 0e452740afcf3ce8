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

interface Part extends Pick<Token, "from" | "to"> {
  readonly line: number;
}

/** Marks account numbers in the lines of one speaker, also spelled and over several lines. */
export function findIbans(finding: Finding, indices: readonly number[], mayHold: boolean): void {
  const stream = indices.flatMap((line) =>
    (finding.lines[line]?.tokens ?? []).map((token) => ({ ...token, line }))
  );
  for (let at = 0; at < stream.length; at++) {
    const country = countryAt(stream, at);
    if (country === undefined) continue;
    const length = LENGTHS.get(country.code) ?? 0;
    const parts: Part[] = stream.slice(at, at + country.tokens);
    let text = country.code;
    let fillers = 0;
    let next = at + country.tokens;
    for (; next < stream.length && text.length < length; next++) {
      const token = stream[next];
      const characters = token && charactersOf(token);
      if (token === undefined) break;
      if (characters === undefined) {
        if (token.kind !== "filler" || ++fillers > MAX_FILLERS) break;
        continue;
      }
      // The check digits stand behind the country.
      if (text.length === 2 && !/^\d/.test(characters)) break;
      text += characters;
      fillers = 0;
      parts.push(token);
    }
    const isOpen = next >= stream.length && text.length < length && text.length >= MIN_HELD;
    const isWhole = text.length === length && (isValid(text) || /^..\d+$/.test(text));
    if (isWhole) mark(finding, parts, SHOWN);
    else if (isOpen && mayHold) mark(finding, parts, HELD);
    if (isWhole) at = next - 1;
  }
}

function mark(finding: Finding, parts: readonly Part[], shown: string): void {
  const byLine = Map.groupBy(parts, ({ line }) => line);
  for (const [line, [first, ...rest]] of byLine) {
    if (first === undefined) continue;
    finding.mark({ line, from: first.from, to: (rest.at(-1) ?? first).to }, shown);
  }
}

function countryAt(stream: readonly (Token & Part)[], at: number) {
  const [first, second] = [stream[at], stream[at + 1]];
  if (first?.kind === "word" && LENGTHS.has(first.word.toUpperCase()) && first.word.length === 2) {
    return { code: first.word.toUpperCase(), tokens: 1 };
  }
  if (first === undefined || second === undefined) return undefined;
  const code = `${first.word}${second.word}`.toUpperCase();
  return first.word.length === 1 && second.word.length === 1 && LENGTHS.has(code)
    ? { code, tokens: 2 }
    : undefined;
}

function charactersOf(token: Token): string | undefined {
  if (token.kind === "digits") return token.digits;
  const isSpelled = token.kind === "word" &&
    (token.upper && token.word.length <= 6 || token.word.length === 1);
  return isSpelled ? token.word.toUpperCase() : undefined;
}

/** The remainder by 97 of ISO 13616. */
function isValid(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    if (Number.isNaN(value)) return false;
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
