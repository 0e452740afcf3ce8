import type { Agents } from "../../../config/agents.ts";
import type { Incidents } from "../../../utils/incidents.ts";
import { nearestWord } from "../../../utils/nearestWord.ts";
import type { McpServers } from "./mcpServers.ts";
import type { McpToolListing } from "./mcpWire.ts";

/** Of a tool that an agent's file names and its server does not list. */
export function missingTool(
  server: string,
  name: string,
  listed: readonly McpToolListing[],
): string {
  const names = listed.slice(0, MAX_COMPARED).map((each) => each.name);
  const nearest = nearestWord(name, names);
  const end = nearest === undefined
    ? `there are ${names.join(", ").slice(0, 300)}.`
    : `did you mean ${nearest}?`;
  return `The MCP server ${server} has no tool ${name}: ${end}`;
}

/** To compare names takes time, and a server may list any number. */
const MAX_COMPARED = 200;
const CODE = "mcp_tools_missing";

/** Creates the function that tells in `/health` of all such tools as they are now, by agent. */
export function createMissingReports({ agents, incidents }: {
  readonly agents: Pick<Agents, "names" | "get">;
  readonly incidents: Pick<Incidents, "report" | "resolve">;
}) {
  const told = new Map<string, string>();
  return function tell(servers: Pick<McpServers, "use">): void {
    for (const agent of new Set([...told.keys(), ...agents.names])) {
      const message = missingOf(agent, servers);
      if (message === (told.get(agent) ?? "")) continue;
      incidents.resolve(CODE, agent);
      told.delete(agent);
      if (message === "") continue;
      told.set(agent, message);
      incidents.report({ code: CODE, subject: agent, message, expiresAfterMs: Infinity });
    }
  };

  function missingOf(agent: string, servers: Pick<McpServers, "use">): string {
    return (agents.get(agent)?.mcp_servers ?? []).flatMap((entry) => {
      if (entry.by === "model" || entry.tools === "all") return [];
      const state = servers.use(entry)?.state;
      if (state?.status !== "ready") return [];
      return entry.tools.filter(({ name }) => !state.tools.some((each) => each.name === name))
        .map(({ name }) => missingTool(entry.name, name, state.tools));
    }).join(" ");
  }
}
