import { nearestWord } from "../utils/nearestWord.ts";
import { present } from "../utils/present.ts";
import type { AgentProblem } from "./agentProblem.ts";
import type { Agent } from "./agents.ts";

/** Where an entry of an agent's `knowledge` lies; `dir` is the folder of the agents. */
export function knowledgePath(dir: string, source: string): string {
  const path = source.startsWith("/") ? source : `${dir.replace(/\/$/, "")}/${source}`;
  return path.replace(/(?<=.)\/+$/, "");
}

/** Warnings of files and folders of `knowledge` that do not exist. */
export async function missingKnowledge(
  { knowledge }: Pick<Agent, "knowledge">,
  dir: string,
): Promise<readonly AgentProblem[]> {
  const problems: AgentProblem[] = [];
  for (const [at, source] of knowledge.entries()) {
    const path = knowledgePath(dir, source);
    if (!await isMissing(path)) continue;
    const [, above = "", name = ""] = /^(.*\/)?([^/]*)$/.exec(source.replace(/\/+$/, "")) ?? [];
    const near = nearestWord(name, await namesBeside(path));
    problems.push({
      path: `knowledge.${at}`,
      message: `there is no ${source}`,
      ...present({ nearest: near && above + near }),
      isWarning: true,
    });
  }
  return problems;
}

async function isMissing(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

/** More are not compared. */
const MAX_NAMES = 1000;

async function namesBeside(path: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(path.replace(/\/[^/]*$/, "") || "/")) {
      if (!name.startsWith(".")) names.push(name);
      if (names.length >= MAX_NAMES) break;
    }
  } catch {
    // Nothing near is known then.
  }
  return names.sort();
}
