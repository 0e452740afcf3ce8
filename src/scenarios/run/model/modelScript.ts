import { rehearsal } from "../../../sim/rehearsal/rehearsal.ts";
import type { Script, ScriptReply, ScriptTurn } from "../../../sim/openai/scripts.ts";
import { plainWords } from "../../ear/findWords.ts";
import type { ModelRule } from "../../scenario.ts";
import { present } from "../../../utils/present.ts";

/**
 * What the built-in engine answers in a scenario: by the first of its rules that fits, else as it does when words
 * are typed. No model can call a tool that it has not been given. Each script remembers which rules were used, and
 * tells each use.
 */
export function modelScript(
  rules: readonly ModelRule[],
  onUse: (rule: ModelRule) => void = () => {},
): Script {
  const used = new Set<ModelRule>();
  const failed = new Set<ModelRule>();
  return (turn) => {
    const rule = rules.find((rule) => !used.has(rule) && fits(rule, turn));
    const reply = rule && replyOf(rule, turn);
    if (rule?.once === true) used.add(rule);
    if (rule === undefined || reply === undefined) return rehearsal(turn);
    onUse(rule);
    const { fault } = rule;
    if (fault === undefined || failed.has(rule)) return reply;
    failed.add(rule);
    const [name, figure] = fault.split(":");
    // A connection that starts slowly is up by now: its answer does.
    return name === "slowStart" ? { ...reply, delayMs: Number(figure) } : { ...reply, fault };
  };
}

function fits({ when }: ModelRule, turn: ScriptTurn): boolean {
  const { cause, request } = turn;
  // What the server asks for, such as a goodbye, is said as asked.
  if (request !== undefined) return false;
  if ("tool" in when) {
    return cause.type === "toolOutputs" && cause.outputs.some(({ name }) => name === when.tool);
  }
  return ` ${plainWords(saidIn(turn)).join(" ")} `.includes(
    ` ${plainWords(when.hears).join(" ")} `,
  );
}

/** What the caller said last; a connection that takes over finds it in what it is told of the conversation. */
function saidIn({ cause, index, history }: ScriptTurn): string {
  if (cause.type === "speech") return cause.words ?? "";
  if (cause.type === "text") return cause.text;
  if (cause.type !== "asked" || index > 0) return "";
  return history.findLast(({ item }) => item.type === "message" && item.role === "user")?.text ??
    "";
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
