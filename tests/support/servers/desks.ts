import type { Script } from "../../../src/sim/openai/scripts.ts";
import { parrot, type Talk } from "./phoneRig.ts";

/** Says who it is by its instructions, so that one hears which agent the model is. */
export const desks: Script = (turn) => {
  if (turn.request !== undefined) return parrot(turn);
  const [, who] = /You are the (\w+)/.exec(turn.instructions) ?? [];
  return { say: `This is the ${who}.` };
};

/** The file of an agent. */
export function deskFile(title: string, fields: string, instructions: string): string {
  return `---\ntitle: ${title}\n${fields}\n---\n${instructions}\n`;
}

/** Has the model hand the call over, and returns what it reads then. */
export async function askForHandoff({ model }: Talk, args: unknown): Promise<string> {
  model.say({ tools: [{ name: "handoff", arguments: JSON.stringify(args) }] });
  for (;;) {
    const { item } = await model.next("conversation.item.create");
    if (item.type === "function_call_output") return String(item.output);
  }
}
