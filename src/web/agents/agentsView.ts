/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import type { AgentList, AgentSummary } from "../apiTypes.ts";
import { element, find } from "../elements.ts";
import { showAgentProblems } from "./agentProblems.ts";
import { showUnanswered } from "./unansweredView.ts";
import { createToolTrial } from "./toolTrial.ts";

/** Creates the view of the agents: their state and versions, and a place to try their tools. */
export function createAgentsView(): (signal: AbortSignal) => Promise<void> {
  const list = find("agents-list", HTMLUListElement);
  const showTrial = createToolTrial();
  return async function showAgents(signal) {
    const { agents } = await fetchApiJson<AgentList>("/api/agents", { signal });
    if (signal.aborted) return;
    list.replaceChildren(...agents.map(rowOf));
    showAgentProblems(find("agents-problems", HTMLElement), agents);
    const usable = agents.filter(({ state }) => state !== "unusable");
    await Promise.all([
      showTrial(usable, signal),
      showUnanswered(find("agents-unanswered", HTMLElement), usable, signal),
    ]);
  };
}

function rowOf({ name, title, state, version, numbers }: AgentSummary): HTMLElement {
  const facts = [
    ...(version === null ? [] : [`version ${version}`]),
    ...numbers,
    ...(state === "ok" ? [] : [state === "broken" ? "file is faulty" : "cannot be used"]),
  ];
  return element("li", {}, [
    element("b", { textContent: title ?? name }),
    ` ${name} · ${facts.join(" · ")}`,
  ]);
}
