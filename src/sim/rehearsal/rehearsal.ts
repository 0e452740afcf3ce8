import { describeChoices } from "./choices.ts";
import { greeting } from "./greeting.ts";
import { answerPhoneSystem } from "./phoneSystem.ts";
import { answerInstructions } from "./responseInstructions.ts";
import { answerToolNote } from "./toolNotes.ts";
import { answerTransferNote } from "./transferNotes.ts";
import { answerText } from "./typedTexts.ts";
import type { ScriptReply, ScriptTurn, ToolOutput } from "../openai/scripts.ts";
import { jsonOrText } from "../../utils/jsonOrText.ts";

/**
 * What the built-in engine says. It takes turns and uses tools, and says plainly that it is a
 * rehearsal which does not understand speech; typed sentences drive it.
 */
export function rehearsal(turn: ScriptTurn): ScriptReply {
  const requested = turn.request === undefined ? undefined : answerInstructions(turn.request, turn);
  if (requested) return requested;
  switch (turn.cause.type) {
    case "speech":
      if (turn.cause.words !== undefined) return answerText(turn.cause.words, turn);
      return answerPhoneSystem(turn) ??
        { say: answerSpeech(turn.cause.spokenMs, turn.index) };
    case "text":
      return answerText(turn.cause.text, turn);
    case "toolOutputs":
      return answerOutputs(turn.cause.outputs);
    case "idle":
      return { say: "Are you still there?" };
    case "asked":
      return answerToolNote(turn) ?? answerTransferNote(turn) ??
        { say: turn.history.length === 0 ? greeting(turn.instructions) : goOn };
    default:
      return turn.cause satisfies never;
  }
}

/** A duration in words. */
function sayDuration(ms: number): string {
  if (ms < 750) return "less than a second";
  const seconds = Math.round(ms / 1_000);
  return seconds === 1 ? "about one second" : `about ${numberWords[seconds] ?? seconds} seconds`;
}

const goOn = "I am ready when you are.";

const speechReplies: readonly ((duration: string) => string)[] = [
  (duration) => `I heard you speak for ${duration}. Please go on.`,
  (duration) =>
    `That was ${duration} of speech. I do not understand the words, but I am listening.`,
  (duration) => `You spoke for ${duration}, and now it is my turn.`,
  (duration) => `Thank you, I noticed ${duration} of talking. You can interrupt me at any time.`,
  (duration) =>
    `I counted ${duration} of speech. This is a rehearsal: type what time is it, to see me use a tool.`,
];

const numberWords = "zero one two three four five six seven eight nine ten eleven twelve".split(
  " ",
);

const farewellTools: ReadonlySet<string> = new Set(["end_call", "transfer_call"]);

function answerSpeech(spokenMs: number, index: number): string {
  const reply = speechReplies[index % speechReplies.length];
  return reply ? reply(sayDuration(spokenMs)) : goOn;
}

function answerOutputs(outputs: readonly ToolOutput[]): ScriptReply {
  const sentences = outputs.flatMap(({ name, output }) => {
    const value = jsonOrText(output);
    const failure = errorIn(value);
    // The caller hears first what they have to; the tool is called again after that.
    if (failure === "not_heard") return [];
    if (failure !== undefined) {
      return `The tool ${spoken(name)} reported a problem: ${failure.replace(/\.$/, "")}.`;
    }
    if (farewellTools.has(name)) return [];
    const choices = describeChoices(value);
    if (choices !== undefined) return choices === "" ? [] : choices;
    if (name === "get_current_time") return `The answer is: ${sentenceIn(value)}.`;
    return `The tool ${spoken(name)} answered: ${describe(value)}.`;
  });
  return sentences.length === 0 ? {} : { say: sentences.join(" ") };
}

function errorIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("error" in value)) return undefined;
  return describe(value.error);
}

/** What a tool has already put into words, where it has. */
function sentenceIn(value: unknown): string {
  return typeof value === "object" && value !== null && "spoken" in value
    ? String(value.spoken)
    : describe(value);
}

/** JSON as a sentence, at most `maxReadOutChars` long. */
function describe(value: unknown): string {
  const text = typeof value === "object" && value !== null
    ? Object.entries(value).map(([key, part]) =>
      Array.isArray(value) ? describe(part) : `${spoken(key)}, ${describe(part)}`
    ).join("; ")
    : String(value);
  return text.length > maxReadOutChars ? `${text.slice(0, maxReadOutChars)} and so on` : text;
}

const maxReadOutChars = 200;

function spoken(name: string): string {
  return name.replaceAll(/[_-]+/g, " ").replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}
