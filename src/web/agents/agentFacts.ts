import type { AgentSummary } from "./agentTypes.ts";
import { t } from "../text.ts";

/** What there is to say of an agent in a line: its name, version, numbers, and whether it works. */
export function factsOf(agent: AgentSummary): readonly string[] {
  const { name, state, version, numbers, problems, warnings } = agent;
  return [
    name,
    ...(version === null ? [] : [t("version {version}", { version })]),
    ...(state === "ok" ? [] : [state === "broken" ? t("file is faulty") : t("cannot be used")]),
    ...(problems.length === 0 ? [] : [counted(problems.length)]),
    ...(warnings.length === 0 ? [] : [
      warnings.length === 1 ? t("1 warning") : t("{count} warnings", { count: warnings.length }),
    ]),
    ...numbers,
  ];
}

function counted(count: number): string {
  return count === 1 ? t("1 problem") : t("{count} problems", { count });
}
