import type { AgentAnalysis, AnalysisField } from "../../config/analysisSchema.ts";
import { isDate } from "../../utils/isDate.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { present } from "../../utils/present.ts";
import { type AnalysisResult, type Citation, criterionResults, type FieldValue } from "../store.ts";
import type { ConversationLine } from "./conversationLines.ts";

/** What an answer holds that fits; the rest is null, and a sentence each about what does not fit. */
export interface ReadAnswer {
  readonly result: AnalysisResult;
  readonly problems: readonly string[];
}

const MAX_SUMMARY_CHARS = 4000;
const MAX_TEXT_CHARS = 1000;
const MAX_REASON_CHARS = 500;

/** Reads the answer of a model, which may be anything. */
export function readAnswer(
  answer: unknown,
  analysis: AgentAnalysis,
  lines: readonly ConversationLine[],
): ReadAnswer {
  const problems: string[] = [];
  const given = isRecord(answer) ? answer : {};
  if (!isRecord(answer)) problems.push("The answer must be one JSON object.");
  const fields = Object.fromEntries(
    Object.entries(analysis.fields).map(([name, field]) => {
      const part = memberOf(given["fields"], name);
      const value = valueOf(memberOf(part, "value"), field);
      if (value === undefined) problems.push(`fields.${name}.value must be ${wanted(field)}.`);
      const cited = value === undefined || value === null ? {} : citationOf(part, lines);
      return [name, { value: value ?? null, ...cited }];
    }),
  );
  const success = Object.fromEntries(
    Object.keys(analysis.success).map((name) => {
      const part = memberOf(given["success"], name);
      const said = memberOf(part, "result");
      const result = criterionResults.find((each) => each === said);
      if (result === undefined) {
        problems.push(`success.${name}.result must be one of ${criterionResults.join(", ")}.`);
      }
      const reason = textOf(memberOf(part, "reason"), MAX_REASON_CHARS) ?? "";
      return [name, { result: result ?? "unknown", reason, ...citationOf(part, lines) }];
    }),
  );
  const summary = analysis.summary === false ? null : textOf(given["summary"], MAX_SUMMARY_CHARS);
  if (summary === undefined) problems.push("summary must be a text.");
  const passed = passedOf({ fields, success }, analysis);
  return { result: { summary: summary ?? null, fields, success, passed }, problems };
}

/** Null where nothing fails, and something is unknown or nothing was to be met. */
function passedOf(
  { fields, success }: Pick<AnalysisResult, "fields" | "success">,
  analysis: AgentAnalysis,
): boolean | null {
  const isMissing = Object.entries(analysis.fields).filter(([, { required }]) => required)
    .map(([name]) => fields[name]?.value == null);
  const results = Object.values(success).map(({ result }) => result);
  if (isMissing.includes(true) || results.includes("fail")) return false;
  if (isMissing.length + results.length === 0 || results.includes("unknown")) return null;
  return true;
}

/** Undefined for what does not fit; a value in words is taken where it can mean one thing only. */
function valueOf(
  value: unknown,
  { type, enum: choices }: AnalysisField,
): FieldValue | null | undefined {
  if (value === null || value === "") return null;
  if (choices !== undefined) {
    const words = plain(value);
    return choices.find((choice) => choice === value) ??
      choices.find((choice) => plain(choice) === words);
  }
  switch (type) {
    case "string":
      return textOf(typeof value === "number" ? String(value) : value, MAX_TEXT_CHARS);
    case "number":
      return numberOf(value);
    case "integer": {
      const number = numberOf(value);
      return Number.isInteger(number) ? number : undefined;
    }
    case "boolean":
      if (typeof value === "boolean") return value;
      return value === "true" ? true : value === "false" ? false : undefined;
    case "date":
      return typeof value === "string" && isDate(value) ? value : undefined;
  }
}

/** A line that does not exist is no citation. */
function citationOf(part: unknown, lines: readonly ConversationLine[]): Citation {
  const number = numberOf(memberOf(part, "line"));
  const line = number === undefined ? undefined : lines[number - 1];
  return line === undefined ? {} : present({ turnId: line.turnId, atMs: line.atMs });
}

function wanted({ type, enum: choices }: AnalysisField): string {
  if (choices !== undefined) return `one of ${JSON.stringify(choices)}, or null`;
  return type === "date" ? "a date as YYYY-MM-DD, or null" : `of type ${type}, or null`;
}

function textOf(value: unknown, maxChars: number): string | undefined {
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const text = value.trim().toWellFormed();
  return text.length > maxChars ? `${text.slice(0, maxChars).toWellFormed()}...` : text;
}

function numberOf(value: unknown): number | undefined {
  const isText = typeof value === "string" && /^\s*-?\d{1,15}(\.\d{1,10})?\s*$/.test(value);
  const number = isText ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function plain(value: unknown): string {
  return String(value).trim().toLowerCase();
}

function memberOf(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
