import { greeting } from "./greeting.ts";
import type { ScriptReply, ScriptTurn } from "../openai/scripts.ts";

/** Answers a response's own instructions, where they are of a known kind. */
export function answerInstructions(request: string, turn: ScriptTurn): ScriptReply | undefined {
  const exact = exactly.exec(request)?.[1];
  if (exact !== undefined) return { say: exact };
  const purpose = purposes.find(({ pattern }) => pattern.test(request));
  return purpose && { say: purpose.say(turn) };
}

// To the last quotation mark, for the sentence may quote something itself.
const exactly = /\b(?:say|speak|repeat|read|tell)\b[^"“]{0,80}["“]([\s\S]+)["”][^"”]*$/i;

/** The first that fits counts, so the more particular purposes come first. */
const purposes: readonly {
  readonly pattern: RegExp;
  readonly say: (turn: ScriptTurn) => string;
}[] = [
  {
    pattern: /\b(still|anyone|anybody) (there|with|on the line|listening)|\bare you there\b/i,
    say: () => "Are you still there?",
  },
  {
    pattern: /voice ?mail|answering machine|leave a (short )?message/i,
    say: () => "Hello, this is a rehearsal call. Please call us back. Goodbye.",
  },
  {
    pattern:
      /time limit|maximum (length|duration)|(minutes?|seconds?|time) (is |are )?(left|remain)|about to (end|expire)|almost (up|over)/i,
    say: () => "We have about one minute left on this call.",
  },
  {
    pattern: /apologi[sz]e|\bsorry\b|reconnect|technical (problem|trouble|difficult)/i,
    say: () => "I am sorry for the short break. Please go on.",
  },
  {
    pattern: /\b(transfer|forward|connect)\w*\b.*\b(to|with|caller|call)\b/i,
    say: () => "One moment please, I am connecting you.",
  },
  {
    pattern:
      /filler|(one|a) moment|hold on|look\w* (it|that|this) up|working on|takes? (a little )?longer|still (running|working)|\bwait\b/i,
    say: () => "One moment please, I am looking into that.",
  },
  {
    pattern:
      /\b(greet|welcome|introduce yourself|open the call|answer the (phone|call)|start the conversation)/i,
    say: ({ instructions }) => greeting(instructions),
  },
  {
    pattern: /good-?bye|farewell|\bsay bye\b|end the call|hang(ing)? up/i,
    say: () => "Thank you for calling. Goodbye.",
  },
  {
    pattern: /silen(t|ce)|quiet|not (said|spoken)|idle/i,
    say: () => "Are you still there?",
  },
];
