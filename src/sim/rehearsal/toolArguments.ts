import { isRecord } from "../../utils/isRecord.ts";
import { jsonOrText } from "../../utils/jsonOrText.ts";
import { jsonOrUndefined } from "../../utils/jsonOrUndefined.ts";
import type { ScriptTool, ScriptTurn } from "../openai/scripts.ts";

type Args = Readonly<Record<string, unknown>>;

/** The arguments that were typed, or a sentence that says why they are none. */
export type ReadArguments = { readonly args: Args } | { readonly problem: string };

/**
 * Reads what was typed behind a tool's name: JSON, `key=value` pairs, or words for the only property that is
 * required. JSON is taken as it is; else a reason and a summary that a tool requires, and those of a handoff,
 * are made of the conversation.
 */
export function readArguments(words: string, tool: ScriptTool, turn: ScriptTurn): ReadArguments {
  if (words.startsWith("{")) return readJson(words);
  const properties = propertiesOf(tool);
  const required = requiredOf(tool);
  const made = madeOf(tool, properties, required, turn);
  const pairs = readPairs(words, properties);
  if (pairs !== undefined) return { args: { ...made, ...pairs } };
  const others = required.filter((name) => made[name] === undefined);
  const wanted = others.length > 0 ? others : required;
  if (words === "") {
    return others.length === 0 ? { args: made } : { problem: needs(tool, others) };
  }
  const names = Object.keys(properties);
  const [target, ...more] = wanted.length > 0 ? wanted : names.slice(0, 1);
  if (target === undefined) return { args: made };
  if (more.length > 0) return { problem: needs(tool, others) };
  const { value, rest } = take(words, properties[target]);
  const reason = rest !== "" && properties["reason"] !== undefined ? { reason: rest } : {};
  return { args: { ...made, [target]: value, ...reason } };
}

function needs({ name }: ScriptTool, properties: readonly string[]): string {
  return `The tool ${name} needs ${properties.join(", ")}.`;
}

function readJson(text: string): ReadArguments {
  const args = jsonOrUndefined(text);
  return isRecord(args) ? { args } : { problem: "These arguments are no JSON object." };
}

/** `number=17 gift=true note="for Ada"`; undefined for words that are anything else. */
function readPairs(words: string, properties: Args): Args | undefined {
  if (!PAIRS.test(words)) return undefined;
  const pairs = [...words.matchAll(PAIR)].map(([, name = "", quoted, plain = ""]) =>
    [name, valueOf(quoted ?? plain, properties[name])] as const
  );
  const isTool = pairs.every(([name]) => properties[name] !== undefined);
  return isTool ? Object.fromEntries(pairs) : undefined;
}

const PAIR = /([\w.-]+)=(?:"([^"]*)"|(\S*))/g;
const PAIRS = /^[\w.-]+=(?:"[^"]*"|[^\s"]*)(?:\s+[\w.-]+=(?:"[^"]*"|[^\s"]*))*$/;

/** What the words are for a property; of one with names to choose from, the words behind the name are left. */
function take(words: string, schema: unknown): { readonly value: unknown; readonly rest: string } {
  const allowed = isRecord(schema) && Array.isArray(schema.enum) ? schema.enum : [];
  const tokens = words.split(/\s+/);
  for (let count = Math.min(tokens.length, MAX_NAME_WORDS); count > 0; count--) {
    const named = plain(tokens.slice(0, count).join(""));
    const value = allowed.find((each) => plain(String(each)) === named);
    if (value !== undefined) return { value, rest: tokens.slice(count).join(" ") };
  }
  return { value: valueOf(words, schema), rest: "" };
}

const MAX_NAME_WORDS = 6;

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** The text as the schema's type, where it can be one. */
function valueOf(text: string, schema: unknown): unknown {
  const type = isRecord(schema) ? schema.type : undefined;
  if (type === undefined || type === "string") return text;
  return jsonOrText(text);
}

/** What a model makes up by itself of the conversation. */
function madeOf(
  { name }: ScriptTool,
  properties: Args,
  required: readonly string[],
  turn: ScriptTurn,
): Args {
  // An agent to which a call is handed may need a summary though the schema has it as optional.
  const isMade = (property: string) =>
    properties[property] !== undefined && (required.includes(property) || name === "handoff") &&
    !(required.length === 1 && required[0] === property);
  return {
    ...(isMade("reason") && { reason: "The caller has asked for it." }),
    ...(isMade("summary") && { summary: summaryOf(turn, properties["summary"]) }),
  };
}

/** The end of the conversation so far, without the line that asks for the tool. */
function summaryOf({ history, cause }: ScriptTurn, schema: unknown): string {
  const limit = isRecord(schema) && typeof schema.maxLength === "number"
    ? Math.min(schema.maxLength, MAX_SUMMARY_CHARS)
    : MAX_SUMMARY_CHARS;
  const typed = cause.type === "text" ? cause.text : undefined;
  const lines = history.slice(-MAX_LINES).flatMap(({ item, text }) => {
    if (item.type !== "message" || item.role === "system" || text === "" || text === typed) {
      return [];
    }
    return [`${item.role === "user" ? "Caller" : "Agent"}: ${text}`];
  });
  const summary = lines.length === 0 ? "Nothing has been said yet." : lines.join(" ");
  return summary.slice(-limit);
}

const MAX_LINES = 50;
const MAX_SUMMARY_CHARS = 2000;

function propertiesOf({ parameters }: ScriptTool): Args {
  return isRecord(parameters) && isRecord(parameters.properties) ? parameters.properties : {};
}

function requiredOf({ parameters }: ScriptTool): readonly string[] {
  const required = isRecord(parameters) ? parameters.required : undefined;
  return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
}
