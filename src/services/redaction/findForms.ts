import type { Finding } from "./finding.ts";
import { HELD } from "./marks.ts";
import { type NumberRun, placesOf } from "./numberRuns.ts";
import type { RedactionRules } from "./rules.ts";

/** Keys by the beginnings that their issuers give them. Every repeat is of one set of characters, and bounded. */
const KEYS =
  /(?<![\w-])(?:sk-[\w-]{16,200}|[rsp]k_(?:live|test)_\w{10,200}|AKIA[A-Z0-9]{16}|gh[pousr]_\w{20,255}|github_pat_\w{20,255}|xox[abeoprs]-[\w-]{10,200}|glpat-[\w-]{20,100}|AIza[\w-]{35}|eyJ[\w-]{10,2000}\.[\w-]{10,2000}\.[\w-]{5,2000})/g;
const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/g;
const AT = new Set([
  "at",
  "ät",
  "arroba",
  "chiocciola",
  "arobase",
  "apenstaartje",
  "malpa",
  "klammeraffe",
]);
const DOT = new Set(["dot", "punkt", "point", "punto", "ponto", "punt", "kropka", "."]);
const MIN_PHONE = 7;
const MAX_PHONE = 15;

/** Marks what is known by its form alone in a line: keys and addresses. */
export function findForms(finding: Finding, index: number, rules: RedactionRules): void {
  const line = finding.lines[index];
  if (line === undefined) return;
  const markAll = (form: RegExp, shown: string) => {
    for (const { 0: text, index: from } of line.text.matchAll(form)) {
      finding.mark({ line: index, from, to: from + text.length }, shown);
    }
  };
  if (rules.secrets) markAll(KEYS, "[key]");
  if (!rules.emails) return;
  if (line.text.includes("@")) markAll(EMAIL, "[e-mail]");
  markSpokenAddresses(finding, index);
}

/** Marks all numbers that are as long as phone numbers. */
export function findPhones(finding: Finding, runs: readonly NumberRun[], mayHold: boolean): void {
  for (const { parts, digits: { length }, atEnd } of runs) {
    if (length > MAX_PHONE) continue;
    if (length >= MIN_PHONE) {
      for (const place of placesOf(parts)) finding.mark(place, "[phone number]");
    } else if (atEnd && mayHold && length >= 3) {
      for (const place of placesOf(parts)) finding.mark(place, HELD);
    }
  }
}

/** A name, "at", a domain, "dot" and its end; names may have dots, too. */
function markSpokenAddresses(finding: Finding, index: number): void {
  const tokens = finding.lines[index]?.tokens ?? [];
  for (let at = 1; at < tokens.length; at++) {
    if (!AT.has(tokens[at]?.word ?? "")) continue;
    let first = at - 1;
    while (first >= 2 && DOT.has(tokens[first - 1]?.word ?? "")) first -= 2;
    let last = at + 1;
    let dots = 0;
    while (DOT.has(tokens[last + 1]?.word ?? "") && isName(tokens[last + 2]?.kind)) {
      last += 2;
      dots++;
    }
    const [from, to] = [tokens[first], tokens[last]];
    if (dots === 0 || from === undefined || to === undefined || !isName(from.kind)) continue;
    finding.mark({ line: index, from: from.from, to: to.to }, "[e-mail]");
  }
}

function isName(kind: string | undefined): boolean {
  return kind === "word" || kind === "digits";
}
