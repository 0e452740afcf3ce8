import type { ScriptReply, ScriptTurn } from "../openai/scripts.ts";

/** Answers what the model was told of a transfer whose caller is back; undefined where it was told nothing. */
export function answerTransferNote({ history }: ScriptTurn): ScriptReply | undefined {
  const last = history.at(-1);
  if (last?.item.type !== "message" || last.item.role !== "system") return undefined;
  const [, alias, why] =
    /^The transfer to "([^"]+)" did not succeed: (.+?)\. The caller/.exec(last.text) ?? [];
  if (alias !== undefined) {
    return { say: `I could not put you through to ${alias}: ${why}. Shall I take a message?` };
  }
  return /^The caller has talked with "[^"]+", who has hung up\./.test(last.text)
    ? { say: "I am here again. Is there anything else?" }
    : undefined;
}
