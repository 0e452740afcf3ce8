/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import type { AgentList, AgentSummary } from "./agentTypes.ts";
import { element, find } from "../elements.ts";
import { factsOf } from "./agentFacts.ts";
import { showAgentProblems } from "./agentProblems.ts";
import { createNewAgent } from "./newAgent.ts";
import { showUnanswered } from "./unansweredView.ts";

/** Creates the list of the agents, with what is wrong with them. */
export function createAgentsView(): (signal: AbortSignal) => Promise<void> {
  const list = find("agents-list", HTMLUListElement);
  const showNewAgent = createNewAgent();
  return async function showAgents(signal) {
    const { agents, editing } = await fetchApiJson<AgentList>("/api/agents", { signal });
    if (signal.aborted) return;
    list.replaceChildren(...agents.map(rowOf));
    await showAgentProblems(find("agents-problems", HTMLElement), agents);
    showNewAgent(editing === "allowed", signal);
    const usable = agents.filter(({ state }) => state !== "unusable");
    await showUnanswered(find("agents-unanswered", HTMLElement), usable, signal);
  };
}

function rowOf(agent: AgentSummary): HTMLElement {
  const { name, title, state } = agent;
  return element("li", { className: state }, [
    element("a", { href: `#agents/${name}`, textContent: title ?? name }),
    element("span", { className: "caption", textContent: factsOf(agent).join(" · ") }),
  ]);
}
