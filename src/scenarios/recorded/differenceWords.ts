import { seconds } from "../expect/verdict.ts";
import type { CallDifference, ToolDifference } from "./callDifference.ts";
import type { Exchange } from "./exchanges.ts";

const MAX_QUOTED = 70;
const MAX_ARGUMENTS = 100;
/** Less than this is chance. */
const SLOWER_MS = 250;
const SLOWER = 1.3;
const DEARER = 1.1;

/** What is not as it was in a recorded call, a sentence each: ends and tools first, then words, times and cost. */
export function changesOf(difference: CallDifference): readonly string[] {
  const { exchanges, tools, end, outcome, answersMs: answers, costUsd } = difference;
  const slower = answers.then !== undefined && answers.now !== undefined &&
    Math.abs(answers.now - answers.then) > SLOWER_MS &&
    Math.max(answers.now / answers.then, answers.then / answers.now) > SLOWER;
  return [
    ...pairChange("it ended by", end.then, end.now),
    ...pairChange("its outcome was", outcome.then, outcome.now),
    ...tools.filter(({ isSame }) => !isSame).map(toolChange),
    ...exchanges.filter(({ isSame }) => !isSame).map(exchangeChange),
    ...(slower ? [`answers came after ${seconds(answers.then)}, now ${seconds(answers.now)}`] : []),
    ...costChange(costUsd),
  ];
}

/** How much is as it was, in one sentence. */
export function likenessOf({ exchanges, tools }: CallDifference): string {
  const spoken = exchanges.filter(({ then, now }) => then !== "" || now !== "");
  const same = spoken.filter(({ isSame }) => isSame).length;
  const calls = tools.filter(({ isSame }) => isSame).length;
  return `as then: ${same} of ${spoken.length} answers in words` +
    (tools.length === 0 ? "" : `, ${calls} of ${tools.length} tool calls`);
}

function pairChange(
  what: string,
  then: string | undefined,
  now: string | undefined,
): readonly string[] {
  return then === now || then === undefined ? [] : [`${what} ${then}, now ${now ?? "unknown"}`];
}

function costChange({ then, now }: CallDifference["costUsd"]): readonly string[] {
  if (then === undefined || now === undefined) return [];
  if (Math.max(then, now) <= DEARER * Math.min(then, now)) return [];
  return [`it cost $${then.toFixed(3)}, now $${now.toFixed(3)}`];
}

function toolChange({ name, then, now }: ToolDifference): string {
  if (now === undefined) return `${name} is not called any more (${argumentsOf(then)})`;
  if (then === undefined) return `${name} is called, which was not (${argumentsOf(now)})`;
  return `${name} was called with ${argumentsOf(then)}, now ${argumentsOf(now)}`;
}

function exchangeChange({ caller, then, now }: Exchange): string {
  const when = caller === undefined ? "at the beginning" : `after ${quoted(caller)}`;
  if (then === "") return `${when} the agent said nothing, now ${quoted(now)}`;
  return `${when} the agent said ${quoted(then)}, now ${now === "" ? "nothing" : quoted(now)}`;
}

function argumentsOf(call: { readonly arguments: unknown } | undefined): string {
  return shortened(JSON.stringify(call?.arguments ?? {}), MAX_ARGUMENTS);
}

function quoted(text: string): string {
  return `"${shortened(text, MAX_QUOTED)}"`;
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}
