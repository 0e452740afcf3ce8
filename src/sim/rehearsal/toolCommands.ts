import { isRecord } from "../../utils/isRecord.ts";
import type { ScriptReply, ScriptTool, ScriptTurn } from "../openai/scripts.ts";
import { readArguments } from "./toolArguments.ts";

/**
 * Answers `/find_order {"number": "17"}`, `/find_order 17` and "use find_order 17": calls the tool of that
 * name, or says which tools there are. Undefined for other text.
 */
export function answerToolCommand(text: string, turn: ScriptTurn): ScriptReply | undefined {
  const [, slashed, used, words = ""] = COMMAND.exec(text.trim()) ?? [];
  const name = slashed ?? used;
  if (name === undefined) return undefined;
  const tool = turn.tools.find((tool) => tool.name === name) ??
    turn.tools.find((tool) => tool.name.toLowerCase() === name.toLowerCase());
  // "Use the first one" is no command, and what sets a fault is answered elsewhere.
  if (tool === undefined && (slashed ?? "fault").toLowerCase() === "fault") return undefined;
  if (tool === undefined) return { say: noSuchTool(name, turn.tools) };
  const read = readArguments(words.trim(), tool, turn);
  return "problem" in read
    ? { say: `${read.problem} ${usageOf(tool)}` }
    : { tools: [{ name: tool.name, arguments: JSON.stringify(read.args) }] };
}

/** The name is the first word after the slash, or after "use", "use the tool". */
const COMMAND = /^(?:\/([\w.-]{1,128})|use (?:the tool )?([\w.-]{1,128}))(?:\s+([\s\S]*))?$/i;

const MAX_NAMED = 20;

function noSuchTool(name: string, tools: readonly ScriptTool[]): string {
  if (tools.length === 0) return `There is no tool ${name}: this agent has no tools.`;
  const names = tools.slice(0, MAX_NAMED).map((tool) => tool.name).join(", ");
  const more = tools.length > MAX_NAMED ? `, and ${tools.length - MAX_NAMED} more` : "";
  return `There is no tool ${name}. There are: ${names}${more}.`;
}

function usageOf({ name, parameters }: ScriptTool): string {
  const required = isRecord(parameters) && Array.isArray(parameters.required)
    ? parameters.required.slice(0, MAX_NAMED)
    : [];
  const example = Object.fromEntries(required.map((property) => [String(property), "…"]));
  return `Type /${name} ${JSON.stringify(example)}.`;
}
