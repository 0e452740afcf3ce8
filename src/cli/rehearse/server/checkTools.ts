import type { App } from "../../../app.ts";
import type { ScenarioServer } from "../../../scenarios/run/scenarioServer.ts";
import type { ToolStub } from "../../../scenarios/scenario.ts";
import { isRecord } from "../../../utils/isRecord.ts";

/**
 * Rejects with a `TypeError` for a tool that no agent has: an answer for it would go unnoticed, and it is never called.
 */
export async function checkTools(
  stubs: readonly ToolStub[],
  mentioned: readonly string[],
  { agents }: Pick<App, "agents">,
  request: ScenarioServer["request"],
  note: (sentence: string) => void,
): Promise<void> {
  if (stubs.length + mentioned.length === 0) return;
  const known = new Set<unknown>();
  let isOpenEnded = false;
  for (const name of agents.names) {
    const answer = await request(`/api/agents/${name}/tools`);
    const body: unknown = await answer.json();
    const tools = isRecord(body) && Array.isArray(body["tools"]) ? body["tools"] : [];
    for (const tool of tools) if (isRecord(tool)) known.add(tool["name"]);
    // Whether or not the server is there: those that its file lists are the agent's.
    for (const { tools } of agents.get(name)?.mcp_servers ?? []) {
      if (tools === "all") isOpenEnded = true;
      else for (const { as, name } of tools) known.add(as ?? name);
    }
  }
  const stub = stubs.find(({ name }) => !known.has(name));
  const unknown = stub?.name ?? mentioned.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const what = stub === undefined ? "mentioned" : "answered";
  if (isOpenEnded) {
    return note(`nobody has checked that an agent has the tool ${unknown}, which is ${what}`);
  }
  throw new TypeError(
    stub === undefined
      ? `Cannot rehearse with the tool ${unknown}: no agent has it`
      : `Cannot stand in for the tool ${unknown}: no agent has it`,
  );
}
