import type { Agent } from "../../config/agents.ts";
import { variablesOf } from "../../config/template.ts";
import type { RecordedCall } from "../callEvidence.ts";

/**
 * Values of the variables that an agent says, found in what it said then; what cannot be found is empty, and its name
 * is among `missing`.
 */
export function recordedVariables(
  { turns }: Pick<RecordedCall, "turns">,
  { greeting = "", voicemail, instructions }: Pick<
    Agent,
    "greeting" | "voicemail" | "instructions"
  >,
): { readonly values: Readonly<Record<string, string>>; readonly missing: readonly string[] } {
  const templates = [greeting, typeof voicemail === "string" ? voicemail : ""];
  const said = turns.filter(({ role }) => role === "agent")
    .map(({ text, unheard = "" }) => `${text} ${unheard}`.trim());
  // Of two sentences that fit, the one that leaves less to its variables was said.
  const values = Object.fromEntries(
    said.flatMap((text) => {
      const fits = templates.map((template) => valuesIn(template, text))
        .filter((found) => found.length > 0);
      return fits.toSorted((a, b) => lengthOf(a) - lengthOf(b)).slice(0, 1).flat();
    }).toReversed(),
  );
  const names = variablesOf([...templates, instructions].join("\n"))
    .filter((name) => !BUILT_IN.has(name.toLowerCase()));
  return { values, missing: names.filter((name) => !Object.hasOwn(values, name)) };
}

/** What the server fills in by itself. */
const BUILT_IN = new Set(["caller", "called", "context", "direction", "date", "timezone"]);

function lengthOf(found: readonly (readonly [string, string])[]): number {
  return found.reduce((sum, [, value]) => sum + value.length, 0);
}

function valuesIn(template: string, text: string): readonly (readonly [string, string])[] {
  const names = [...template.matchAll(VARIABLE)].flatMap(([, name]) => name ?? []);
  if (names.length === 0 || names.length > 5) return [];
  const parts = template.split(/\{\{[^}]*\}\}/);
  const found = betweenOf(parts.map(evenSpaces), evenSpaces(text.slice(0, MAX_TEXT)));
  return names.flatMap((name, index) => {
    const value = found?.[index];
    return value === undefined ? [] : [[name, value] as const];
  });
}

const MAX_TEXT = 2000;
const MAX_VALUE = 200;

function evenSpaces(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}

/**
 * What stands between the fixed parts of a text, each at the first place where it can be: text of a stranger takes no
 * longer than that. Undefined where it is not such a text.
 */
function betweenOf(parts: readonly string[], text: string): readonly string[] | undefined {
  const [first = "", ...rest] = parts;
  const last = rest.at(-1) ?? "";
  if (rest.length === 0 || !text.startsWith(first)) return undefined;
  if (text.length < first.length + last.length || !text.endsWith(last)) return undefined;
  const end = text.length - last.length;
  const found: string[] = [];
  let at = first.length;
  for (const [index, part] of rest.entries()) {
    const isLast = index === rest.length - 1;
    // Nothing tells where one of two variables ends that stand side by side.
    if (part === "" && !isLast) return undefined;
    const next = isLast ? end : afterOneCharacter(text, part, at);
    if (next < at || next > end) return undefined;
    const value = text.slice(at, next).trim();
    if (value === "" || value.length > MAX_VALUE) return undefined;
    found.push(value);
    at = next + part.length;
  }
  return found;
}

/** A variable that is said has at least one character that is no space. */
function afterOneCharacter(text: string, part: string, at: number): number {
  const from = text[at] === " " ? at + 1 : at;
  return text.indexOf(part, from + 1);
}

const VARIABLE = /\{\{\s*([A-Za-z][A-Za-z0-9_]{0,63})\s*\}\}/g;
