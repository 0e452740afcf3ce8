import type { Agent } from "../../config/agents.ts";
import { variablesOf } from "../../config/template.ts";
import type { RecordedCall, RecordedTurn } from "../callEvidence.ts";

/**
 * What is at the number of a call that the server placed, in the form of a scenario's file: the caller of the
 * scenario, a machine with the same greeting, or a line that says the same at the same time, whatever it is told.
 */
export function recordedFarEnd(call: RecordedCall): unknown {
  const { turns, answeredBy, answeredMs = 0 } = call;
  if (isWithPerson(call)) return "human";
  if (answeredBy === "fax") return "fax";
  const said = turns.filter(({ role, by = "voice", text }) =>
    role === "caller" && by === "voice" && isKnown(text)
  );
  const greeting = said.map(({ text }) => text.slice(0, 2000));
  if (answeredBy === "machine") {
    return greeting.length === 0 ? "machine" : { callee: { kind: "machine", greeting } };
  }
  return { callee: { kind: "steps", steps: [...timed(said, answeredMs), { stay: true }] } };
}

/** Whether words are known: the built-in engine says only how long somebody spoke. */
export function isKnown(text: string): boolean {
  return !/^\(\d+(\.\d+)? seconds of speech\)$/.test(text);
}

/** Whether it was a person with whom the agent talked. */
export function isWithPerson({ answeredBy = "unknown" }: RecordedCall): boolean {
  return answeredBy === "human" || answeredBy === "unknown";
}

function timed(said: readonly RecordedTurn[], fromMs: number): readonly unknown[] {
  let atMs = fromMs;
  return said.slice(0, 200).flatMap(({ text, startedMs, endedMs = startedMs }) => {
    const silenceMs = Math.max(0, Math.min(600_000, Math.round(startedMs - atMs)));
    atMs = endedMs;
    return [{ silenceMs }, text.slice(0, 2000)];
  });
}

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
  const found = new RegExp(`^${fixed.join("\\s*([^]{1,200}?)\\s*")}$`).exec(text.slice(0, 2000));
  return found === null ? [] : names.map((name, index) => [name, found[index + 1] ?? ""] as const);
}

const VARIABLE = /\{\{\s*([A-Za-z][A-Za-z0-9_]{0,63})\s*\}\}/g;
