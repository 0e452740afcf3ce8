import { rehearsal } from "../../sim/rehearsal/rehearsal.ts";
import type { Script, ScriptReply, ScriptTurn } from "../../sim/openai/scripts.ts";
import { plainWords } from "../ear/findWords.ts";
import type { ModelRule } from "../scenario.ts";
import { present } from "../../utils/present.ts";

/**
 * What the built-in engine answers in a scenario: by the first of its rules that fits, else as it does when words
 * are typed. Each script remembers which rules were used.
 */
export function modelScript(rules: readonly ModelRule[]): Script {
  const used = new Set<ModelRule>();
  return (turn) => {
    const { cause } = turn;
    const rule = rules.find((rule) => !used.has(rule) && fits(rule, turn));
    if (rule === undefined) {
      const words = cause.type === "speech" ? cause.words : undefined;
      return rehearsal(
        words === undefined ? turn : { ...turn, cause: { type: "text", text: words } },
      );
    }
    if (rule.once) used.add(rule);
    return replyOf(rule);
  };
}

function fits({ when }: ModelRule, { cause, request }: ScriptTurn): boolean {
  // What the server asks for, such as a goodbye, is said as asked.
  if (request !== undefined) return false;
  if ("tool" in when) {
    return cause.type === "toolOutputs" && cause.outputs.some(({ name }) => name === when.tool);
  }
  const said = cause.type === "speech"
    ? cause.words ?? ""
    : cause.type === "text"
    ? cause.text
    : "";
  return ` ${plainWords(said).join(" ")} `.includes(` ${plainWords(when.hears).join(" ")} `);
}

function replyOf({ says, calls }: ModelRule): ScriptReply {
  return {
    ...present({ say: says }),
    ...(calls.length > 0 && {
      tools: calls.map(({ name, arguments: args }) => ({ name, arguments: JSON.stringify(args) })),
    }),
  };
}
