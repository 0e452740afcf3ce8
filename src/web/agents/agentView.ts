/// <reference lib="dom" />
import { fetchApiJson, RequestError } from "../apiClient.ts";
import { find } from "../elements.ts";
import { may } from "../me.ts";
import { problemText } from "../problemText.ts";
import { t } from "../text.ts";
import { showAgentProblems } from "./agentProblems.ts";
import { factsOf } from "./agentFacts.ts";
import type { AgentFile, AgentList, AgentSummary } from "./agentTypes.ts";
import { createFileView } from "./fileView.ts";
import { createKnowledgeView } from "./knowledgeView.ts";
import { createSessionView } from "./sessionView.ts";
import { createToolTrial } from "./toolTrial.ts";
import { createVersionList } from "./versionList.ts";
import { writingText } from "./writingText.ts";

/** Creates the view of one agent: its file, what the model is sent, its tools, documents and versions. */
export function createAgentView(): (name: string, signal: AbortSignal) => Promise<void> {
  const main = find("one-agent", HTMLElement);
  const showFile = createFileView();
  const showVersions = createVersionList();
  const parts = [
    { id: "agent-session", show: createSessionView() },
    { id: "agent-tools", show: createToolTrial() },
    { id: "agent-knowledge", show: createKnowledgeView() },
  ];

  return async function showAgent(name, signal) {
    main.classList.add("loading");
    const [{ agents }, file] = await Promise.all([
      fetchApiJson<AgentList>("/api/agents", { signal }),
      // Refused to any other key.
      may("admin") ? fetchApiJson<AgentFile>(`/api/agents/${name}/file`, { signal }) : undefined,
    ]);
    if (signal.aborted) return;
    const agent = agents.find((each) => each.name === name);
    if (agent === undefined) {
      throw new RequestError("unknown_agent", t("There is no agent of this name."), 404);
    }
    await showSummary(agent, file);
    const again = () => void showAgent(name, signal).catch(tell);
    if (file !== undefined) showFile(name, file, { signal, saved: again });
    await showVersions(name, file, { signal, restored: again });
    main.classList.remove("loading");
    for (const { id, show } of parts) {
      const part = find(id, HTMLDetailsElement);
      const isForAdmins = id !== "agent-knowledge";
      part.hidden = agent.state === "unusable" || isForAdmins && file === undefined;
      const problem = find(`${id}-problem`, HTMLElement);
      const load = () => {
        problem.textContent = "";
        if (part.open && !part.hidden) show(name, signal).catch(fail);
      };
      const fail = (error: unknown) => {
        if (!signal.aborted) problem.textContent = problemText(error);
      };
      part.ontoggle = load;
      load();
    }

    function tell(error: unknown): void {
      if (!signal.aborted) find("versions-problem", HTMLElement).textContent = problemText(error);
    }
  };
}

async function showSummary(agent: AgentSummary, file: AgentFile | undefined): Promise<void> {
  const title = agent.title ?? agent.name;
  find("agent-title", HTMLElement).textContent = title;
  document.title = `${title} · Parley`;
  find("agent-facts", HTMLElement).textContent = factsOf(agent).join(" · ");
  find("agent-file", HTMLElement).hidden = file === undefined;
  // Without the file itself, its problems have no lines to stand at.
  const problems = find("agent-problems-alone", HTMLElement);
  await showAgentProblems(problems, file === undefined ? [agent] : []);
  const missing = find("agent-scope", HTMLElement);
  missing.hidden = file !== undefined;
  missing.textContent = writingText("scope_missing", "");
}
