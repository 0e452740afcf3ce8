import { findCards } from "./findCards.ts";
import { findForms, findPhones } from "./findForms.ts";
import { findIbans } from "./findIbans.ts";
import { Finding, type Known, nothingKnown } from "./finding.ts";
import { findPatterns } from "./findPatterns.ts";
import { findSecrets } from "./findSecrets.ts";
import { TOO_LONG, UNSURE_END } from "./longestLooked.ts";
import { type Line, type Mark, merged } from "./marks.ts";
import { numberRuns } from "./numberRuns.ts";
import type { RedactionRules } from "./rules.ts";

/**
 * What is to be blacked out in lines that follow each other, line by line; `known` gains what is found.
 * `holds` tells whether digits that may become a number wait, for each speaker.
 */
export function findMarks(
  lines: readonly Line[],
  rules: RedactionRules,
  { known, holds, only }: {
    readonly known: Known;
    /** The one line that has changed, which has no digits. */
    readonly only?: number;
    readonly holds: (role: Line["role"]) => boolean;
  },
): readonly (readonly Mark[])[] {
  const finding = new Finding(lines, known);
  if (only !== undefined) {
    findInLine(finding, only, rules);
    return lines.map((line, at) => at === only ? allMarks(finding, line, at) : []);
  }
  for (const role of ["caller", "agent", "other"] as const) {
    const indices = lines.flatMap((line, at) => line.role === role ? [at] : []);
    if (indices.length === 0) continue;
    const mayHold = holds(role);
    const runs = rules.cards || rules.phones ? numberRuns(lines, indices) : [];
    if (rules.cards) findCards(finding, runs, mayHold);
    if (rules.ibans) findIbans(finding, indices, mayHold);
    if (rules.phones) findPhones(finding, runs, mayHold);
  }
  for (const index of lines.keys()) findInLine(finding, index, rules);
  return lines.map((line, at) => allMarks(finding, line, at));
}

function allMarks(finding: Finding, line: Line, at: number): readonly Mark[] {
  const marks = finding.marksOf(at);
  if (line.restLength === 0) return merged(marks);
  const { length } = line.text;
  const rest = { from: length - UNSURE_END, to: length + line.restLength, shown: TOO_LONG };
  return merged([...marks, rest]);
}

function findInLine(finding: Finding, index: number, rules: RedactionRules): void {
  findSecrets(finding, index, rules);
  const line = finding.lines[index];
  if (line === undefined) return;
  for (const { shown, ...place } of ownMarks(line, rules)) {
    finding.mark({ line: index, ...place }, shown);
  }
}

/** What is found in a line whatever stands beside it; once for each line. */
function ownMarks(line: Line, rules: RedactionRules): readonly Mark[] {
  const known = found.get(line.tokens);
  if (known?.rules === rules) return known.marks;
  const alone = new Finding([line], nothingKnown());
  findForms(alone, 0, rules);
  findPatterns(alone, 0, rules);
  const marks = alone.marksOf(0);
  found.set(line.tokens, { rules, marks });
  return marks;
}

const found = new WeakMap<
  object,
  { readonly rules: RedactionRules; readonly marks: readonly Mark[] }
>();
