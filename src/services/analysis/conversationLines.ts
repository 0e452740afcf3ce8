import { present } from "../../utils/present.ts";
import type { CallContent, Citation } from "../store.ts";

/** One line of the record as the model reads it; its number is its place, from 1. */
export interface ConversationLine extends Citation {
  readonly text: string;
}

const MAX_TURN_CHARS = 2000;
const MAX_ARGUMENTS_CHARS = 500;
const MAX_OUTPUT_CHARS = 1000;
/** About an hour of talk, some 25,000 tokens. */
const MAX_CHARS = 100_000;
/** How much of that is taken from the beginning, where there is more. */
const HEAD_SHARE = 0.4;

/** What was heard and done in a call, in its order; of a very long one without its middle. */
export function conversationLines(
  { turns, tools }: Pick<CallContent, "turns" | "tools">,
  maxChars = MAX_CHARS,
): readonly ConversationLine[] {
  const waiting = tools.toSorted((a, b) => a.startedMs - b.startedMs);
  const lines: ConversationLine[] = [];
  for (const turn of turns) {
    if (turn.aside === true || turn.text.trim() === "") continue;
    while (waiting[0] !== undefined && waiting[0].startedMs < turn.startedMs) addTool();
    const cut = turn.interrupted ? " [the caller interrupted here and heard no more]" : "";
    const how = turn.by === "voice" ? "" : turn.by === "keypad" ? " (keys)" : " (typed)";
    const agent = turn.agent === undefined ? "Agent" : `Agent ${turn.agent}`;
    const human = turn.by === "operator" ? "Operator" : "Caller";
    const who = turn.role === "caller" ? human : agent;
    add(turn.startedMs, `${who}${how}: ${oneLine(turn.text, MAX_TURN_CHARS)}${cut}`, turn.id);
  }
  while (waiting.length > 0) addTool();
  return withoutMiddle(lines, maxChars);

  function add(atMs: number, text: string, turnId?: string): void {
    lines.push({ text: `${clockTime(atMs)} ${text}`, atMs, ...present({ turnId }) });
  }

  function addTool(): void {
    const tool = waiting.shift();
    if (tool === undefined) return;
    const { name, arguments: given, result, startedMs } = tool;
    const answer = result === undefined
      ? "no answer"
      : `${result.ok ? "answered" : "failed"}: ${oneLine(result.output, MAX_OUTPUT_CHARS)}`;
    add(startedMs, `Tool ${name} ${oneLine(given, MAX_ARGUMENTS_CHARS)} ${answer}`);
  }
}

/** Each line with its number, as they are shown to the model. */
export function numbered(lines: readonly ConversationLine[]): string {
  return lines.map(({ text }, at) => `[${at + 1}] ${text}`).join("\n");
}

/** So that spoken text cannot look like a line of its own. */
function oneLine(text: string, maxChars: number): string {
  const line = text.slice(0, 2 * maxChars).replace(/[\s\p{Cc}\u2028\u2029]+/gu, " ").trim();
  return line.length > maxChars ? `${line.slice(0, maxChars)}...` : line;
}

function withoutMiddle(
  lines: readonly ConversationLine[],
  maxChars: number,
): readonly ConversationLine[] {
  const total = lines.reduce((sum, { text }) => sum + text.length, 0);
  if (total <= maxChars) return lines;
  const head = fitting(lines, maxChars * HEAD_SHARE);
  const tail = fitting(lines.slice(head.length).reverse(), maxChars * (1 - HEAD_SHARE)).reverse();
  const left = lines.length - head.length - tail.length;
  return [...head, { text: `(${left} lines are left out here)` }, ...tail];
}

function fitting(lines: readonly ConversationLine[], maxChars: number): ConversationLine[] {
  const taken: ConversationLine[] = [];
  let chars = 0;
  for (const line of lines) {
    chars += line.text.length;
    if (chars > maxChars) break;
    taken.push(line);
  }
  return taken;
}

function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
