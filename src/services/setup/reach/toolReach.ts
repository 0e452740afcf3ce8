import type { Agents } from "../../../config/agents.ts";
import { deadline } from "../../../utils/deadline.ts";
import type { McpServers } from "../../tools.ts";
import type { Finding } from "../setupCheck.ts";
import { barredFinding, type Reached, reachFault } from "./reachFault.ts";

/** What tools reach other machines with. */
export interface ToolReachDeps {
  readonly agents: Pick<Agents, "names" | "get">;
  readonly send: (url: URL, init: RequestInit) => Promise<Response>;
  readonly mcpServers: Pick<McpServers, "use">;
}

const PATIENCE_MS = 5000;
/** Of each kind; more are not looked at. */
const MAX_SERVICES = 30;

/**
 * Whether the hosts of HTTP tools answer, and MCP servers list what agents name. Hosts are asked with HEAD, without
 * path and credentials: no tool is run. Never rejects.
 */
export async function toolReach(deps: ToolReachDeps): Promise<readonly Finding[]> {
  const { hosts, servers } = servicesOf(deps.agents);
  const found = (await Promise.all([
    ...hosts.map((service) => reachHost(service, deps.send)),
    ...servers.map((server) => reachServer(server, deps.mcpServers)),
  ])).flat();
  if (found.length > 0 || hosts.length + servers.length === 0) return found;
  return [{
    code: "tools_ok",
    state: "ok",
    text: "Services of tools that answer: {count}.",
    values: { count: hosts.length + servers.length },
  }];
}

type McpEntry = NonNullable<ReturnType<Agents["get"]>>["mcp_servers"][number];

function servicesOf(agents: Pick<Agents, "names" | "get">) {
  const hosts = new Map<string, Reached>();
  const servers = new Map<string, { readonly entry: McpEntry; readonly place: string }>();
  for (const name of agents.names) {
    for (const tool of agents.get(name)?.http_tools ?? []) {
      const { origin } = new URL(tool.url);
      if (hosts.has(origin)) continue;
      hosts.set(origin, { place: `${tool.name} (${name}.md)`, url: new URL(origin) });
    }
    for (const entry of agents.get(name)?.mcp_servers ?? []) {
      if (entry.by === "model") continue;
      servers.set(JSON.stringify(entry), { entry, place: `${entry.name} (${name}.md)` });
    }
  }
  return {
    hosts: [...hosts.values()].slice(0, MAX_SERVICES),
    servers: [...servers.values()].slice(0, MAX_SERVICES),
  };
}

async function reachHost(
  service: Reached,
  send: ToolReachDeps["send"],
): Promise<readonly Finding[]> {
  const barred = barredFinding(service);
  if (barred !== undefined) return [barred];
  try {
    const response = await send(service.url, {
      method: "HEAD",
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await response.body?.cancel();
    return [];
  } catch (error) {
    return [reachFault(service, error)];
  }
}

async function reachServer(
  { entry, place }: { readonly entry: McpEntry; readonly place: string },
  servers: Pick<McpServers, "use">,
): Promise<readonly Finding[]> {
  const barred = barredFinding({ place, url: new URL(entry.url) });
  if (barred !== undefined) return [barred];
  const connection = servers.use(entry);
  await deadline(connection?.tried ?? Promise.resolve(), PATIENCE_MS).catch(() => {});
  const state = connection?.state;
  if (state?.status !== "ready") {
    return [{
      code: "mcp_server_away",
      state: "broken",
      text: "{place}: the MCP server is away, and its tools are left out. Reason: {reason}.",
      remedy: "Start it, or correct url and headers in the file of the agent.",
      values: { place, reason: state?.status === "away" ? state.reason : "no answer" },
    }];
  }
  const listed = new Set(state.tools.map(({ name }) => name));
  const missing = entry.tools === "all"
    ? []
    : entry.tools.map(({ name }) => name).filter((name) => !listed.has(name));
  if (missing.length === 0) return [];
  return [{
    code: "mcp_tools_missing",
    state: "warning",
    text: "{place}: the MCP server does not list {tools}.",
    remedy: "Correct tools in the file of the agent. There are: {listed}.",
    values: {
      place,
      tools: missing.slice(0, 10).join(", "),
      listed: [...listed].slice(0, 20).join(", ").slice(0, 300),
    },
  }];
}
