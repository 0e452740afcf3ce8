import { isRecord } from "../../utils/isRecord.ts";
import type { ChatRequest } from "./chatRequest.ts";

interface Line {
  readonly number: number;
  readonly who: "caller" | "agent" | "tool";
  readonly text: string;
}

/**
 * What the stand-in for a text model makes of a conversation, by simple rules and always the same: it finds
 * words and numbers, and understands nothing.
 */
export function rehearsedAnalysis({ messages, schema }: ChatRequest): string {
  const lines = linesIn(messages.find(({ role }) => role === "user")?.content ?? "");
  const parts = propertiesOf(schema);
  return JSON.stringify({
    ...("summary" in parts && { summary: summaryOf(lines) }),
    ...("fields" in parts &&
      { fields: mapped(parts["fields"], (it, name) => fieldOf(it, name, lines)) }),
    ...("success" in parts && { success: mapped(parts["success"], (it) => verdictOn(it, lines)) }),
  });
}

/** `[3] 0:12 Caller: Hello.` */
function linesIn(text: string): readonly Line[] {
  return [...text.matchAll(/^\[(\d+)\] \d+:\d\d (Caller|Operator|Agent|Tool)([^\n]*)$/gm)].map(
    ([, number, who = "", rest = ""]): Line => ({
      number: Number(number),
      // In a rehearsal an operator types in the caller's place.
      who: who === "Caller" || who === "Operator" ? "caller" : who === "Agent" ? "agent" : "tool",
      text: who === "Tool" ? rest.trim() : rest.replace(/^[^:]*: ?/, ""),
    }),
  );
}

function summaryOf(lines: readonly Line[]): string {
  const said = lines.filter(({ who }) => who === "caller");
  const first = said[0]?.text ?? "";
  const count = said.length === 1 ? "once" : `${said.length} times`;
  return `A rehearsed summary: the caller spoke ${count}, first "${first.slice(0, 200)}".`;
}

function fieldOf(field: unknown, name: string, lines: readonly Line[]) {
  const value = propertiesOf(field)["value"];
  const { description = "", enum: choices } = isRecord(value) ? value : {};
  const type = isRecord(value) ? [value["type"]].flat()[0] : "string";
  const said = lines.filter(({ who }) => who === "caller");
  if (Array.isArray(choices)) {
    return firstOf(
      said,
      (text) =>
        choices.find((choice) =>
          choice !== null && hasWord(text, String(choice).replaceAll("_", " "))
        ),
    );
  }
  switch (type) {
    case "integer":
    case "number":
      return firstOf(said, numberIn);
    case "boolean":
      return firstOf(said, (text) => hasAnyWord(text, `${name} ${description}`) || undefined);
    default:
      return /YYYY-MM-DD/.test(String(description))
        ? firstOf(said, (text) => /\d{4}-\d{2}-\d{2}/.exec(text)?.[0])
        : firstOf(said, (text) => textIn(text, name, `${name} ${description}`));
  }
}

function textIn(text: string, name: string, about: string): string | undefined {
  if (/name/i.test(name)) {
    return /(?:[Nn]ame is|[Tt]his is|I am|I'm) ([\p{Lu}][\p{L}'-]*(?: [\p{Lu}][\p{L}'-]*)?)/u
      .exec(text)?.[1];
  }
  if (/mail/i.test(name)) return /[\w.+-]+@[\w-]+\.[\w.]+\w/.exec(text)?.[0];
  if (/phone|number/i.test(name)) return /\+?\d[\d ()-]{4,}\d/.exec(text)?.[0];
  return hasAnyWord(text, about) ? text : undefined;
}

/** Pass where most of the criterion's words were said, fail where few were, unknown where none was. */
function verdictOn(criterion: unknown, lines: readonly Line[]) {
  const result = propertiesOf(criterion)["result"];
  const words = wordsOf(isRecord(result) ? String(result["description"] ?? "") : "");
  const found = words.map((word) => lines.find(({ text }) => hasWord(text, word)));
  const hits = found.filter((line) => line !== undefined);
  const share = words.length === 0 ? 0 : hits.length / words.length;
  return {
    result: share === 0 ? "unknown" : share >= 0.5 ? "pass" : "fail",
    reason: `${hits.length} of ${words.length} words of the criterion were said.`,
    line: hits[0]?.number ?? null,
  };
}

function firstOf(
  lines: readonly Line[],
  find: (text: string) => unknown,
): { readonly value: unknown; readonly line: number | null } {
  for (const { number, text } of lines) {
    const value = find(text);
    if (value !== undefined) return { value, line: number };
  }
  return { value: null, line: null };
}

function numberIn(text: string): number | undefined {
  const digits = /\d{1,9}/.exec(text.replace(/\d{4}-\d{2}-\d{2}/g, ""))?.[0];
  if (digits !== undefined) return Number(digits);
  const at = NUMBERS.findIndex((word) => hasWord(text, word));
  return at < 0 ? undefined : at + 1;
}

const NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split(" ");

function hasAnyWord(text: string, about: string): boolean {
  return wordsOf(about).some((word) => hasWord(text, word));
}

/** Words of five letters and more, which are rarely mere grammar. */
function wordsOf(text: string): readonly string[] {
  return [...new Set(text.toLowerCase().replaceAll("_", " ").match(/\p{L}{5,}/gu) ?? [])]
    .filter((word) => !GRAMMAR.has(word));
}

const GRAMMAR: ReadonlySet<string> = new Set(
  "about agent after asked before caller could said should their there which whether would".split(
    " ",
  ),
);

function hasWord(text: string, word: string): boolean {
  const letters = ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ")} `;
  return letters.includes(` ${word.toLowerCase()} `);
}

function propertiesOf(schema: unknown): Readonly<Record<string, unknown>> {
  const properties = isRecord(schema) ? schema["properties"] : undefined;
  return isRecord(properties) ? properties : {};
}

function mapped(schema: unknown, change: (value: unknown, name: string) => unknown): object {
  return Object.fromEntries(
    Object.entries(propertiesOf(schema)).map(([name, value]) => [name, change(value, name)]),
  );
}
