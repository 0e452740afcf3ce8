import type { Agents } from "../../../config/agents.ts";
import type { Milliseconds } from "../../../call/types.ts";
import { deadline } from "../../../utils/deadline.ts";
import { isStoodIn, type ToolStandIn } from "../standIns.ts";
import type { McpConnection } from "./mcpConnection.ts";
import { createMissingReports } from "./missingTools.ts";
import { createMcpServers, type McpServersDeps } from "./mcpServers.ts";

export interface OpenMcpServersDeps extends McpServersDeps {
  readonly agents: Pick<Agents, "names" | "get" | "onChange">;
  readonly settings: { readonly limits: { readonly callMs: Milliseconds } };
  /** Servers of which all tools are stood in for are not connected to. */
  readonly toolStandIns?: readonly ToolStandIn[];
}

/** The start of the server waits no longer: what is connected later is there for later calls. */
const FIRST_TRY_MS = 2000;

/**
 * Connects to the MCP servers that the agents name, and follows the agents from now on. Resolves when it
 * is known of each whether it is there, or after two seconds.
 */
export async function openMcpServers(
  { agents, settings, toolStandIns = [], ...deps }: OpenMcpServersDeps,
) {
  const tellMissing = createMissingReports({ agents, incidents: deps.incidents });
  const connected = createMcpServers({ ...deps, onListed: () => tellMissing(servers) });
  const servers: typeof connected = {
    ...connected,
    use: (entry) => isStoodIn(entry, toolStandIns) ? undefined : connected.use(entry),
  };
  let cancelClosing = () => {};
  const stop = agents.onChange(follow);
  const first = [...follow()].map(({ tried }) => tried);
  if (first.length > 0) {
    await deadline(Promise.all(first), FIRST_TRY_MS, deps.setTimer).catch(() => {});
  }
  return {
    ...servers,
    async [Symbol.asyncDispose]() {
      stop();
      cancelClosing();
      await servers.close();
    },
  };

  /** Those that no agent names any more stay open for as long as a call can last that uses them. */
  function follow(): ReadonlySet<McpConnection> {
    const used = new Set<McpConnection>();
    for (const name of agents.names) {
      for (const entry of agents.get(name)?.mcp_servers ?? []) {
        if (entry.by === "model") continue;
        const connection = servers.use(entry);
        if (connection !== undefined) used.add(connection);
      }
    }
    tellMissing(servers);
    cancelClosing();
    cancelClosing = deps.setTimer(() => void servers.keepOnly(used), settings.limits.callMs);
    return used;
  }
}
