import type { Agent } from "../../config/agents.ts";
import type { McpServerEntry } from "../../config/mcpSchema.ts";
import type { Tool } from "./tool.ts";

/** Runs in the place of the tools of a name, so that an agent is tried without what they reach. */
export interface ToolStandIn {
  readonly name: string;
  readonly run: Tool["run"];
}

/**
 * The tools with those in their place: names, parameters and options stay. Tools of MCP servers that are not known are
 * offered with any arguments.
 */
export function withStandIns(
  agent: Pick<Agent, "mcp_servers">,
  tools: readonly Tool[],
  standIns: readonly ToolStandIn[],
): readonly Tool[] {
  const runOf = (name: string) => standIns.find((one) => one.name === name)?.run;
  const missing = namedByServers(agent).filter((name) => tools.every((tool) => tool.name !== name));
  return [
    ...tools.map((tool) => ({ ...tool, run: runOf(tool.name) ?? tool.run })),
    ...new Set(missing),
  ].flatMap((tool) => {
    if (typeof tool !== "string") return [tool];
    const run = runOf(tool);
    return run === undefined ? [] : [{ ...UNKNOWN, name: tool, run }];
  });
}

/** Whether something stands in for all that an agent has of an MCP server. */
export function isStoodIn(
  { tools }: { readonly name: string; readonly tools?: McpServerEntry["tools"] },
  standIns: readonly ToolStandIn[],
): boolean {
  return tools !== undefined && tools !== "all" &&
    tools.every((tool) => standIns.some(({ name }) => name === (tool.as ?? tool.name)));
}

const UNKNOWN: Omit<Tool, "name" | "run"> = {
  kind: "mcp",
  description: "A tool of a server that is not connected.",
  parameters: { type: "object", properties: {}, additionalProperties: true },
};

function namedByServers({ mcp_servers: servers }: Pick<Agent, "mcp_servers">): readonly string[] {
  return servers.flatMap(({ by, tools }) =>
    by !== "server" || tools === "all" ? [] : tools.map((tool) => tool.as ?? tool.name)
  );
}
