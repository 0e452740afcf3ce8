/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import type { AgentFault, AgentList, AgentSummary } from "./agentTypes.ts";
import { element } from "../elements.ts";
import { t } from "../text.ts";

/** Asks the server for its agents, which it returns, and shows those whose files are faulty. */
export async function loadAgentProblems(
  place: HTMLElement,
  signal: AbortSignal,
): Promise<readonly AgentSummary[]> {
  const { agents } = await fetchApiJson<AgentList>("/api/agents", { signal });
  if (!signal.aborted) await showAgentProblems(place, agents);
  return agents;
}

/** Shows the agents whose files need a change, with what is wrong; nothing where all are well. */
export async function showAgentProblems(
  place: HTMLElement,
  agents: readonly AgentSummary[],
): Promise<void> {
  const faulty = agents.filter(({ problems }) => problems.length > 0);
  const doubtful = agents.filter(({ warnings }) => warnings.length > 0);
  place.hidden = faulty.length + doubtful.length === 0;
  if (place.hidden) return place.replaceChildren();
  const { agentFaultText } = await import("./agentFaultText.ts");
  place.replaceChildren(
    ...listOf(t("Agents whose files are faulty"), faulty, agentFaultText),
    ...listOf(t("Agents with warnings"), doubtful, agentFaultText),
  );
}

type TextOf = (fault: AgentFault) => string;

function listOf(
  title: string,
  agents: readonly AgentSummary[],
  textOf: TextOf,
): readonly HTMLElement[] {
  if (agents.length === 0) return [];
  return [
    element("h2", { textContent: title }),
    element("ul", {}, agents.map((agent) => rowOf(agent, textOf))),
  ];
}

function rowOf(agent: AgentSummary, textOf: TextOf): HTMLElement {
  const { name, title, state, version, problems, warnings } = agent;
  const lineOf = (kind: string) => (fault: AgentFault) => {
    const line = fault.line === null ? [] : [t("Line {line}", { line: fault.line })];
    return element("p", {
      className: kind,
      textContent: [`${name}.md`, ...line, textOf(fault)].join(": "),
    });
  };
  const effect = state === "ok"
    ? t("is in use")
    : state === "broken"
    ? t("version {version} stays in use", { version: version ?? "" })
    : t("cannot be used: its calls are refused");
  return element("li", {}, [
    element("p", {}, [element("b", { textContent: title ?? name }), ` ${effect}`]),
    ...problems.map(lineOf("problem")),
    ...warnings.map(lineOf("warning")),
  ]);
}
