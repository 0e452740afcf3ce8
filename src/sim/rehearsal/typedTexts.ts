import { answerChoice } from "./choices.ts";
import { answerToolCommand } from "./toolCommands.ts";
import type { ScriptCall, ScriptReply, ScriptTool, ScriptTurn } from "../openai/scripts.ts";

/** Answers what was typed, or said and understood: plain commands, or an echo. */
export function answerText(text: string, turn: ScriptTurn): ScriptReply {
  const called = answerToolCommand(text, turn);
  if (called !== undefined) return called;
  for (const { pattern, reply } of commands) {
    const match = pattern.exec(text.trim());
    if (match) return reply(match, turn);
  }
  const choice = answerChoice(text, turn);
  if (choice !== undefined) return choice;
  const typed = text.trim().replaceAll(/\s+/g, " ").slice(0, maxEchoChars);
  const known = turn.cause.type === "speech" ? saidEchoes : echoes;
  const echo = known[turn.index % known.length];
  return { say: echo ? echo(typed) : typed };
}

interface Command {
  readonly pattern: RegExp;
  readonly reply: (match: RegExpExecArray, turn: ScriptTurn) => ScriptReply;
}

const commands: readonly Command[] = [
  {
    pattern: /^\/fault\s+(\S+)/i,
    reply: ([, name]) => ({ say: `The fault ${name} is set. This sentence is here to show it.` }),
  },
  { pattern: /^call the tools? (.+)$/is, reply: ([, list = ""]) => callNamed(list) },
  {
    pattern: /\bwhat(?:'s| is)? (?:the )?time\b|\bwhat time\b/i,
    reply: (_, { tools }) => callTool(tools, "get_current_time", undefined, ""),
  },
  {
    pattern: /\b(?:transfer|put) me (?:through )?to (?:the )?(.+?)[.!?]*$/i,
    reply: ([, alias = ""], { tools }) =>
      callTool(
        tools,
        "transfer_call",
        alias,
        `One moment please, I am connecting you to ${alias}.`,
      ),
  },
  {
    pattern: /\b(?:press|send digits|dial)\s+([\d*#A-D][\d*#A-D\s-]*)/i,
    reply: ([, digits = ""], { tools }) =>
      callTool(tools, "send_dtmf", digits.replaceAll(/[\s-]/g, ""), ""),
  },
  {
    pattern: /\b(good-?bye|bye|hang up|end the call)\b/i,
    reply: (_, { tools }) =>
      tools.some(({ name }) => name === "end_call")
        ? callTool(tools, "end_call", "The caller said goodbye", farewell)
        : { say: farewell },
  },
  { pattern: /\blong story\b|\btell me a story\b/i, reply: () => ({ say: story }) },
  {
    pattern: /\bcount (?:up )?to (\d+)/i,
    reply: ([, to]) => ({ say: `${countTo(Math.min(Number(to), 60)).join(", ")}.` }),
  },
  { pattern: /^say:? (.+)$/is, reply: ([, words = ""]) => ({ say: words }) },
];

const farewell = "Thank you for calling. Goodbye.";

// Some twenty seconds aloud, so that there is time to interrupt.
const story =
  "Once there was a telephone that nobody answered. It rang in the morning, and it rang at noon. " +
  "One evening a child picked it up and said hello. For a while the line was quiet. " +
  "Then a small voice said that it had only wanted to know whether anyone was there. " +
  "They talked until the street lamps came on, and from that day the telephone rang once a week.";

const maxEchoChars = 300;

const echoes: readonly ((typed: string) => string)[] = [
  (typed) => `You typed: ${typed}`,
  (typed) => `I read this: ${typed}. Type what time is it, and I will use a tool.`,
  (typed) => `Here is your text back: ${typed}`,
];

const saidEchoes: typeof echoes = [
  (said) => `You said: ${said}`,
  (said) => `I heard this: ${said}. Ask me what time it is, and I will use a tool.`,
  (said) => `These were your words: ${said}`,
];

function callTool(
  tools: readonly ScriptTool[],
  name: string,
  value: string | undefined,
  before: string,
): ScriptReply {
  const tool = tools.find((candidate) => candidate.name === name);
  if (!tool) return { say: `For that I would need the tool ${name.replaceAll("_", " ")}.` };
  const call = { name, arguments: JSON.stringify(argumentsFor(tool, value)) };
  return { ...(before !== "" && { say: before }), tools: [call] };
}

/** `NAME {json}` or several of them, joined by "and". */
function callNamed(list: string): ScriptReply {
  const tools: ScriptCall[] = [];
  for (
    const part of list.slice(0, MAX_LIST).split(/\band\s+(?=[\w-]{1,64}\s{0,9}(?:\{|$|\band\b))/i)
  ) {
    const [, name, json = "{}"] = /^([\w-]+)\s*([\s\S]+)?$/.exec(part.trim()) ?? [];
    if (name !== undefined) tools.push({ name, arguments: json });
  }
  return { tools };
}

/** What people type is short; a list is searched in the square of its length at worst. */
const MAX_LIST = 1000;

/** Fills in what a tool requires; the value goes to its first text. */
function argumentsFor(
  { parameters }: ScriptTool,
  value: string | undefined,
): Record<string, unknown> {
  const filled: Record<string, unknown> = {};
  let left = value;
  for (const [name, schema] of wantedProperties(parameters, value)) {
    const allowed = texts(field(schema, "enum"));
    if (field(schema, "type") !== "string" && allowed.length === 0) continue;
    filled[name] = allowed.length > 0 ? closest(allowed, left) : left ?? "rehearsal";
    left = undefined;
  }
  return filled;
}

/** The required properties in order; of a tool that requires nothing, the first takes the value. */
function wantedProperties(
  parameters: unknown,
  value: string | undefined,
): readonly (readonly [string, unknown])[] {
  const properties = field(parameters, "properties");
  if (typeof properties !== "object" || properties === null) return [];
  const required = texts(field(parameters, "required"));
  const entries = Object.entries(properties);
  const wanted = entries.filter(([name]) => required.includes(name));
  if (wanted.length > 0) return wanted;
  return value === undefined ? [] : entries.slice(0, 1);
}

function closest(allowed: readonly string[], value = ""): string {
  const wanted = plainWords(value);
  return allowed.find((name) => plainWords(name) === wanted) ??
    allowed.find((name) =>
      plainWords(name).includes(wanted) || wanted.includes(plainWords(name))
    ) ??
    value;
}

function plainWords(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

function countTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}
