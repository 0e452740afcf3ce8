/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import type { AgentList, AgentSummary } from "./agentTypes.ts";
import { element } from "../elements.ts";
import { t } from "../text.ts";

/** Asks the server for its agents, which it returns, and shows those whose files are faulty. */
export async function loadAgentProblems(
  place: HTMLElement,
  signal: AbortSignal,
): Promise<readonly AgentSummary[]> {
  const { agents } = await fetchApiJson<AgentList>("/api/agents", { signal });
  if (!signal.aborted) showAgentProblems(place, agents);
  return agents;
}

/** Shows the agents whose files need a change, with what is wrong; nothing where all are well. */
export function showAgentProblems(place: HTMLElement, agents: readonly AgentSummary[]): void {
  const faulty = agents.filter(({ problems }) => problems.length > 0);
  const doubtful = agents.filter(({ warnings }) => warnings.length > 0);
  place.hidden = faulty.length + doubtful.length === 0;
  place.replaceChildren(
    ...listOf(t("Agents whose files are faulty"), faulty),
    ...listOf(t("Agents with warnings"), doubtful),
  );
}

function listOf(title: string, agents: readonly AgentSummary[]): readonly HTMLElement[] {
  if (agents.length === 0) return [];
  return [element("h2", { textContent: title }), element("ul", {}, agents.map(rowOf))];
}

function rowOf({ name, title, state, version, problems, warnings }: AgentSummary): HTMLElement {
  const effect = state === "ok"
    ? t("is in use")
    : state === "broken"
    ? t("version {version} stays in use", { version: version ?? "" })
    : t("cannot be used: its calls are refused");
  return element("li", {}, [
    element("p", {}, [element("b", { textContent: title ?? name }), ` ${effect}`]),
    ...problems.map(({ text }) => element("p", { className: "problem", textContent: text })),
    ...warnings.map(({ text }) => element("p", { className: "warning", textContent: text })),
  ]);
}
