import type { ScriptReply, ScriptTurn } from "../openai/scripts.ts";

/**
 * Answers what a phone system says, in a call of an agent that has `phone_menu`: the keys that its goal
 * names ("press 2, then 1") are pressed, one for each menu. Undefined once all are pressed, and in other calls.
 */
export function answerPhoneSystem(
  { instructions, tools, history }: ScriptTurn,
): ScriptReply | undefined {
  if (!tools.some(({ name }) => name === "wait_silently")) return undefined;
  const pressed =
    history.filter(({ item }) => item.type === "function_call" && item.name === "send_dtmf").length;
  const digits = keysIn(instructions)[pressed];
  if (digits === undefined) return undefined;
  return { tools: [{ name: "send_dtmf", arguments: JSON.stringify({ digits }) }] };
}

/** The keys that the goal of a call names, in order. */
function keysIn(instructions: string): readonly string[] {
  const goal = /^Where you want to get to: (.*)$/m.exec(instructions)?.[1] ?? "";
  const [, list = ""] =
    /\bpress(?:ing)? (?:key |keys )?([0-9*#][0-9*#w]*(?:(?:,| |and|then|press|key)*[0-9*#][0-9*#w]*)*)/i
      .exec(goal) ?? [];
  return list.match(/[0-9*#][0-9*#w]*/g) ?? [];
}
