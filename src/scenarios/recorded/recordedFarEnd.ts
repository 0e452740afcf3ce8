import type { Agent } from "../../config/agents.ts";
import { variablesOf } from "../../config/template.ts";
import type { RecordedCall, RecordedTurn } from "../callEvidence.ts";

/**
 * What is at the number of a call that the server placed, in the form of a scenario's file: the caller of the
 * scenario, a machine with the same greeting, or a line that says the same at the same time, whatever it is told.
 */
export function recordedFarEnd({ turns, answeredBy, answeredMs = 0 }: RecordedCall): unknown {
  if (answeredBy === undefined || answeredBy === "human" || answeredBy === "unknown") {
    return "human";
  }
  if (answeredBy === "fax") return "fax";
  const said = turns.filter(({ role, by = "voice" }) => role === "caller" && by === "voice");
  const greeting = said.map(({ text }) => text.slice(0, 2000));
  if (answeredBy === "machine") {
    return greeting.length === 0 ? "machine" : { callee: { kind: "machine", greeting } };
  }
  return { callee: { kind: "steps", steps: [...timed(said, answeredMs), { stay: true }] } };
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
  const values = Object.fromEntries(
    templates.flatMap((template) => said.flatMap((text) => valuesIn(template, text))).toReversed(),
  );
  const names = variablesOf([...templates, instructions].join("\n"))
    .filter((name) => !BUILT_IN.has(name.toLowerCase()));
  return { values, missing: names.filter((name) => !Object.hasOwn(values, name)) };
}

/** What the server fills in by itself. */
const BUILT_IN = new Set(["caller", "called", "context", "direction", "date", "timezone"]);

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
