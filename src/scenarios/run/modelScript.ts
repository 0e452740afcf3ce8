import { rehearsal } from "../../sim/rehearsal/rehearsal.ts";
import type { Script, ScriptReply, ScriptTurn } from "../../sim/openai/scripts.ts";
import { plainWords } from "../ear/findWords.ts";
import type { ModelRule } from "../scenario.ts";
import { present } from "../../utils/present.ts";

/**
 * What the built-in engine answers in a scenario: by the first of its rules that fits, else as it does when words
 * are typed. No model can call a tool that it has not been given. Each script remembers which rules were used.
 */
export function modelScript(rules: readonly ModelRule[]): Script {
  const used = new Set<ModelRule>();
  return (turn) => {
    const { cause } = turn;
    const rule = rules.find((rule) => !used.has(rule) && fits(rule, turn));
    const reply = rule && replyOf(rule, turn);
    if (rule?.once === true) used.add(rule);
    if (reply === undefined) {
      const words = cause.type === "speech" ? cause.words : undefined;
      return rehearsal(
        words === undefined ? turn : { ...turn, cause: { type: "text", text: words } },
      );
    }
    return reply;
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

/** Undefined where nothing is left of a rule that only calls tools. */
function replyOf({ says, calls }: ModelRule, { tools }: ScriptTurn): ScriptReply | undefined {
  const possible = calls.filter(({ name }) => tools.some((tool) => tool.name === name));
  if (possible.length === 0 && says === undefined) return undefined;
  return {
    ...present({ say: says }),
    ...(possible.length > 0 && {
      tools: possible.map(({ name, arguments: args }) => ({
        name,
        arguments: JSON.stringify(args),
      })),
    }),
  };
}
