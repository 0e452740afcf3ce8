import type { AgentFault } from "./agentTypes.ts";
import { loadServerTexts } from "../serverTexts.ts";
import { t } from "../text.ts";

const say = await loadServerTexts();

/** What is wrong with an agent's file, as a sentence without its line. */
export function agentFaultText({ path, message, template, values, nearest }: AgentFault): string {
  const what = values === undefined ? say(message) : say(template ?? message, values);
  const text = path === null || path === "" ? what : `${path}: ${what}`;
  if (nearest !== null) return t("{text}; did you mean {nearest}?", { text, nearest });
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
