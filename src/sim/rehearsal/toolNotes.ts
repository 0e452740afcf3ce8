import type { ScriptReply, ScriptTurn } from "../openai/scripts.ts";
import { calledTools } from "./calledTools.ts";

/**
 * Answers what the model was told of its tools since it last spoke, as a real one does: that they may be
 * called again, have returned at last, or were not carried out. Undefined where it was told nothing.
 */
export function answerToolNote({ history }: ScriptTurn): ScriptReply | undefined {
  const last = history.at(-1);
  if (last?.item.type !== "message" || last.item.role !== "system") return undefined;
  const [, again] = /\bcall this again now: ([^\n]+)\.$/.exec(last.text) ?? [];
  if (again !== undefined) {
    const called = calledTools(history);
    const calls = again.split(", ").flatMap((name) =>
      called.findLast((call) => call.name === name) ?? []
    );
    return {
      tools: calls.map(({ name, arguments: args }) => ({ name, arguments: args })),
    };
  }
  const [, name = "", output] = /^The tool ([\w.-]+) has returned: ([\s\S]+)$/.exec(last.text) ??
    [];
  if (output !== undefined) {
    return { say: `The tool ${name.replaceAll("_", " ")} has answered: ${shortened(output)}.` };
  }
  return /\bnot carried out\b/.test(last.text)
    ? { say: "I am sorry, that has not been done." }
    : undefined;
}

function shortened(text: string): string {
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)} and so on` : text;
}

const MAX_CHARS = 200;
