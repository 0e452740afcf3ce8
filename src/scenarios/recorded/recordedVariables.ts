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
  const fixed = template.split(/\{\{[^}]*\}\}/).map((part) =>
    part.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(/\s+/g, "\\s+")
  );
  // Nothing tells where one of two variables ends that stand side by side.
  if (fixed.slice(1, -1).some((part) => part === "")) return [];
  const found = new RegExp(`^${fixed.join("\\s*([^]{1,200}?)\\s*")}$`).exec(text.slice(0, 2000));
  return found === null ? [] : names.map((name, index) => [name, found[index + 1] ?? ""] as const);
}

const VARIABLE = /\{\{\s*([A-Za-z][A-Za-z0-9_]{0,63})\s*\}\}/g;
