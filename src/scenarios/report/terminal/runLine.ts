import { seconds } from "../../expect/verdict.ts";
import { failuresOf, type RunResult, type ScenarioReport, untoldOf } from "../runReport.ts";
import { type Look, type Paint, tame } from "./paint.ts";

const WORDS: Readonly<Record<RunResult["state"], readonly [Look, string]>> = {
  passed: ["good", "ok  "],
  failed: ["bad", "FAIL"],
  skipped: ["warn", "skip"],
};

/** A run that has come to its end, and the first of what failed. `number` is such as 2/5, of several. */
export function runLine(
  { name }: Pick<ScenarioReport, "name">,
  number: string,
  run: RunResult,
  paint: Paint,
): string {
  const [look, word] = WORDS[run.state];
  const title = number === "" ? tame(name) : `${tame(name)} ${number}`;
  const took = paint("soft", `${(run.tookMs / 1000).toFixed(0)} s`);
  return [`${paint(look, word)}  ${title}  ${took}`, ...reason(run)].join("  ");
}

function reason(run: RunResult): readonly string[] {
  if (run.error !== undefined) return [tame(run.error)];
  const [first, ...others] = failuresOf(run);
  if (first === undefined) return untold(run);
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  const at = first.atMs === undefined ? "" : `, at ${seconds(first.atMs)}`;
  return [`${tame(first.expected)}: ${tame(first.found)}${at}${more}`];
}

function untold(run: RunResult): readonly string[] {
  const [first, ...others] = untoldOf(run);
  if (first === undefined) return run.state === "skipped" ? ["nothing could be told"] : [];
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return [`not told: ${tame(first.expected)}: ${tame(first.found)}${more}`];
}
