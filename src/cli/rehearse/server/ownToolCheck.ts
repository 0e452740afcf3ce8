import type { App } from "../../../app.ts";
import type { ScenarioServer } from "../../../scenarios/run/scenarioServer.ts";
import type { ToolStub } from "../../../scenarios/scenario.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { requireTools } from "../requireTools.ts";

/**
 * Holds the tools that a scenario answers or mentions against those of this process's agents. Rejects with a
 * `TypeError` for one that no agent has: an answer for it would go unnoticed, and it is never called. Resolves with
 * what could not be checked.
 */
export async function checkOwnTools(
  stubs: readonly ToolStub[],
  mentioned: readonly string[],
  { agents }: Pick<App, "agents">,
  request: ScenarioServer["request"],
): Promise<string | undefined> {
  if (stubs.length + mentioned.length === 0) return undefined;
  const names = new Set<unknown>();
  let open: string | undefined;
  for (const agent of agents.names) {
    const answer = await request(`/api/agents/${agent}/tools`);
    const body: unknown = await answer.json();
    const tools = isRecord(body) && Array.isArray(body["tools"]) ? body["tools"] : [];
    for (const tool of tools) if (isRecord(tool)) names.add(tool["name"]);
    // Whether or not the server is there: those that its file lists are the agent's.
    for (const { name: server, tools } of agents.get(agent)?.mcp_servers ?? []) {
      if (tools === "all") open ??= `the agent ${agent} has all tools of the MCP server ${server}`;
      else for (const { as, name } of tools) names.add(as ?? name);
    }
  }
  return requireTools({ names, open }, { answered: stubs.map(({ name }) => name), mentioned });
}
