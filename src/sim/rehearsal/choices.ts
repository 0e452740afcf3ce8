import type { ConversationEntry } from "../openai/conversation.ts";
import { calledTools } from "./calledTools.ts";
import type { ScriptReply, ScriptTool, ScriptTurn } from "../openai/scripts.ts";
import { jsonOrUndefined } from "../../utils/jsonOrUndefined.ts";

/**
 * Answers what was typed in a dialogue about things to choose: a wish that a tool can look up, a choice among
 * what it found, a name, a yes or a no. Undefined for anything else. All that it knows is in the history.
 */
export function answerChoice(text: string, turn: ScriptTurn): ScriptReply | undefined {
  const words = text.trim();
  return answerQuestion(words, turn) ?? answerName(words, turn) ?? answerOffer(words, turn) ??
    lookUp(words, turn);
}

/** Says what a result offers to choose, or what has been done; undefined for other results. */
export function describeChoices(value: unknown): string | undefined {
  if (textIn(value, "status") === "confirmation_asked") return "";
  const done = textIn(value, "status");
  const spoken = textIn(value, "spoken");
  if (done !== undefined && spoken !== undefined) return `Done. It is ${done}: ${spoken}.`;
  const choices = choicesIn(value).slice(0, MAX_OFFERED).map((choice) => choice.spoken);
  if (choices.length === 0) return undefined;
  const note = textIn(value, "note");
  const list = choices.map((choice, at) => `${ORDINALS[at]}, ${choice}`).join("; ");
  return `${note === undefined ? "" : `${note} `}I can offer: ${list}. Which one would you like?`;
}

const MAX_OFFERED = 3;
const ORDINALS = ["first", "second", "third"];
const ASK_NAME = "And what is your name?";

interface Choice {
  readonly spoken: string;
  /** Its id, by the name that the result has for it. */
  readonly id: Readonly<Record<string, string>>;
}

/** After a tool was told to wait for the caller: calls it again, or not. */
function answerQuestion(words: string, { history }: ScriptTurn): ScriptReply | undefined {
  const asked = calledTools(history).at(-1);
  if (asked === undefined) return undefined;
  if (textIn(jsonOrUndefined(asked.output), "status") !== "confirmation_asked") return undefined;
  if (NO.test(words)) return { say: "All right, I leave it as it is." };
  if (!YES.test(words)) return undefined;
  return { tools: [{ name: asked.name, arguments: asked.arguments }] };
}

const NO = /^(no|nope|nein|non|nee|não|nie)(?!\p{L})/iu;
const YES =
  /^(yes|yeah|yep|sure|ok|okay|please do|ja|sí|si|sì|oui|sim|tak)(?!\p{L})|^The caller pressed these keys: 1#?$/iu;

/** After the question for a name: uses the tool that takes the choice and a name. */
function answerName(words: string, turn: ScriptTurn): ScriptReply | undefined {
  const { history, tools } = turn;
  const said = history.findLast(({ item }) => item.type === "message" && item.role === "assistant");
  if (said?.text.trim().endsWith(ASK_NAME) !== true) return undefined;
  const chosen = [...history].reverse().filter(({ item }) =>
    item.type === "message" && item.role === "user"
  ).map(({ text }) => choiceOf(text, history)).find((choice) => choice !== undefined);
  const name = words.replace(/^(my name is|i am|i'm|it is|it's|this is)\s+/i, "")
    .replace(/[.!]+$/, "");
  const tool = chosen && toolFor([...Object.keys(chosen.id), "name"], tools);
  if (chosen === undefined || tool === undefined) return undefined;
  return { tools: [{ name: tool.name, arguments: JSON.stringify({ ...chosen.id, name }) }] };
}

/** A choice among what was offered. */
function answerOffer(words: string, { history, tools }: ScriptTurn): ScriptReply | undefined {
  const choice = choiceOf(words, history);
  if (choice === undefined) return undefined;
  if (toolFor([...Object.keys(choice.id), "name"], tools) === undefined) return undefined;
  return { say: `${choice.spoken}. ${ASK_NAME}` };
}

/** A wish for something that one of the tools finds by day. */
function lookUp(words: string, { tools }: ScriptTurn): ScriptReply | undefined {
  if (!/\b(book|appointment|reserve|schedule|slots?|free times?)\b/i.test(words)) return undefined;
  const tool = tools.find(({ parameters }) => propertiesOf(parameters)["when"] !== undefined);
  if (tool === undefined) return undefined;
  const args: Record<string, string> = {};
  for (const [name, schema] of Object.entries(propertiesOf(tool.parameters))) {
    const allowed = member(schema, "enum");
    const values = Array.isArray(allowed) ? allowed.filter((each) => typeof each === "string") : [];
    const named = values.find((value) => words.toLowerCase().includes(value.replaceAll("_", " ")));
    const isRequired = JSON.stringify(member(tool.parameters, "required") ?? []).includes(
      `"${name}"`,
    );
    const value = named ?? (isRequired ? values[0] : undefined);
    if (value !== undefined) args[name] = value;
  }
  const when = WHEN.exec(words)?.[0];
  return {
    say: "One moment, I will look.",
    tools: [{
      name: tool.name,
      arguments: JSON.stringify({ ...args, ...(when !== undefined && { when }) }),
    }],
  };
}

const WHEN =
  /\b(?:today|tomorrow|the day after tomorrow|(?:next |this )?(?:week|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|in \w+ (?:days?|weeks?)|on the \d{1,2}\w{0,2}|\d{4}-\d\d-\d\d)(?: (?:morning|afternoon|evening))?\b/i;

/** The choice that words such as "the second one" mean, of what was offered last. */
function choiceOf(words: string, history: readonly ConversationEntry[]): Choice | undefined {
  const [, ordinal = ""] =
    /^(?:i(?:'ll| will| would like to)? (?:take|have) )?(?:the )?(first|second|third|last)\b/i
      .exec(words.trim()) ?? [];
  if (ordinal === "") return undefined;
  for (const { item } of [...history].reverse()) {
    if (item.type !== "function_call_output") continue;
    const offered = choicesIn(jsonOrUndefined(item.output)).slice(0, MAX_OFFERED);
    if (offered.length === 0) continue;
    return offered.at(
      ordinal.toLowerCase() === "last" ? -1 : ORDINALS.indexOf(ordinal.toLowerCase()),
    );
  }
  return undefined;
}

/** The entries of a list in a result that have words to be said beside an id. */
function choicesIn(value: unknown): readonly Choice[] {
  if (typeof value !== "object" || value === null) return [];
  const list = Object.values(value).find((each) => Array.isArray(each));
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const spoken = textIn(entry, "spoken");
    const [first] = typeof entry === "object" && entry !== null ? Object.entries(entry) : [];
    if (spoken === undefined || first === undefined || typeof first[1] !== "string") return [];
    return [{ spoken, id: { [first[0]]: first[1] } }];
  });
}

function toolFor(names: readonly string[], tools: readonly ScriptTool[]): ScriptTool | undefined {
  return tools.find(({ parameters }) => {
    const properties = propertiesOf(parameters);
    return names.every((name) => properties[name] !== undefined);
  });
}

function propertiesOf(parameters: unknown): Readonly<Record<string, unknown>> {
  const properties = member(parameters, "properties");
  return typeof properties === "object" && properties !== null ? { ...properties } : {};
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function textIn(value: unknown, name: string): string | undefined {
  const text = member(value, name);
  return typeof text === "string" ? text : undefined;
}
