import type { ToolServer } from "../../../call/modelSetup.ts";
import type { Agent } from "../../../config/agents.ts";
import type { McpServerEntry } from "../../../config/mcpSchema.ts";
import type { ReadToolVariable } from "../../../config/toolVariables.ts";
import { present } from "../../../utils/present.ts";
import { readHeaders } from "../http/httpHeaders.ts";
import { type ToolOptions, withEntry } from "../toolOptions.ts";

/** What an agent's model runs by itself: its servers, and those of their tools that the file names. */
export interface RemoteTools {
  readonly servers: readonly ToolServer[];
  readonly tools: readonly RemoteTool[];
}

export interface RemoteTool {
  readonly name: string;
  readonly server: string;
  readonly options: ToolOptions;
}

/** The servers of an agent that its model is to be connected to. Throws for a header that is none. */
export function remoteTools(agent: Agent, readVariable: ReadToolVariable): RemoteTools {
  const entries = agent.mcp_servers.filter(isByModel);
  const tools = entries.flatMap((entry) =>
    namedTools(entry).map(({ name, ...options }): RemoteTool => ({
      name,
      server: entry.name,
      options: withEntry({}, options),
    }))
  );
  return { servers: entries.map((entry) => toolServer(entry, tools, readVariable)), tools };
}

/** Names that the tools of Parley's own cannot have beside them. */
export function remoteToolNames(agent: Agent): readonly string[] {
  return agent.mcp_servers.filter(isByModel).flatMap(namedTools).map(({ name }) => name);
}

function toolServer(
  entry: McpServerEntry,
  tools: readonly RemoteTool[],
  readVariable: ReadToolVariable,
): ToolServer {
  const { name: label, url, description } = entry;
  const { values: headers, secrets } = readHeaders(entry.headers, readVariable);
  const own = tools.filter(({ server }) => server === label);
  return {
    label,
    url,
    headers,
    secrets,
    ...present({ description }),
    ...(entry.tools !== "all" && { tools: own.map(({ name }) => name) }),
    asks: own.filter(({ options }) => hasToAsk(options)).map(({ name }) => name),
  };
}

/** Whether something has to be decided, or said, before the tool runs. */
function hasToAsk({ confirm, afterHeard, once, say }: ToolOptions): boolean {
  return confirm !== undefined || afterHeard !== undefined || once === true || say !== undefined;
}

function isByModel({ by }: McpServerEntry): boolean {
  return by === "model";
}

function namedTools({ tools }: McpServerEntry) {
  return tools === "all" ? [] : tools;
}
