import type { Agent } from "../../../config/agents.ts";
import type { McpServerEntry } from "../../../config/mcpSchema.ts";
import type { Log } from "../../../utils/logger.ts";
import type { SignCall } from "../http/callSigner.ts";
import type { Tool } from "../tool.ts";
import { createMcpTool } from "./mcpTool.ts";
import { missingTool } from "./missingTools.ts";
import type { McpServers } from "./mcpServers.ts";
import type { McpToolListing } from "./mcpWire.ts";

export interface AgentMcpToolsDeps {
  readonly servers: Pick<McpServers, "use">;
  /** Whether a server is not to be connected to. */
  readonly isLeftOut?: (entry: McpServerEntry) => boolean;
  readonly signCall?: SignCall | undefined;
  /** Throws where models would refuse the tool. */
  readonly check: (tool: Tool) => void;
  readonly log: Pick<Log, "warn">;
}

/** The tools that an agent has of its MCP servers at this moment. */
export interface McpToolSet {
  readonly tools: readonly Tool[];
  /** For the operator, a sentence each. */
  readonly problems: readonly string[];
}

/**
 * Creates the function that gives an agent's MCP tools: the same object for as long as no server has
 * changed. A server that is away, and a tool that no model would take, cost themselves.
 */
export function createAgentMcpTools(
  { servers, isLeftOut = () => false, signCall, check, log }: AgentMcpToolsDeps,
) {
  const made = new WeakMap<Agent, { readonly of: readonly unknown[]; readonly set: McpToolSet }>();

  return function mcpToolsOf(agent: Agent, taken: ReadonlySet<string>): McpToolSet {
    const entries = agent.mcp_servers.filter((entry) => entry.by === "server" && !isLeftOut(entry));
    if (entries.length === 0) return none;
    const states = entries.map((entry) => {
      const connection = servers.use(entry);
      const state = connection?.state ?? { status: "connecting" as const };
      return {
        entry,
        connection,
        state,
        of: state.status === "ready" ? state.tools : state.status,
      };
    });
    const of = states.map((each) => each.of);
    const known = made.get(agent);
    if (known !== undefined && isSame(known.of, of)) return known.set;
    const names = new Set(taken);
    const tools: Tool[] = [];
    const problems: string[] = [];
    for (const { entry, connection, state } of states) {
      if (connection === undefined || state.status !== "ready") {
        const why = state.status === "away" ? state.reason : "it is not connected yet";
        problems.push(`The MCP server ${entry.name} is away: ${why}.`);
        continue;
      }
      for (const { listing, options } of chosen(entry, state.tools, problems)) {
        const name = nameFor(options.as ?? listing.name, entry.name, names);
        if (name === undefined) {
          problems.push(
            `The MCP server ${entry.name} has several tools of the name ${listing.name}.`,
          );
          continue;
        }
        const tool = createMcpTool({
          server: entry.name,
          url: entry.url,
          connection,
          listing,
          entry: options,
          name,
          signCall: entry.identity ? signCall : undefined,
        });
        try {
          check(tool);
          names.add(name);
          tools.push(tool);
        } catch (error) {
          const reason = error instanceof Error ? error.message : "it is unfit";
          problems.push(`The tool ${listing.name} of the MCP server ${entry.name}: ${reason}.`);
        }
      }
    }
    if (problems.length > 0) log.warn("MCP tools left out", { agent: agent.name, problems });
    const set = { tools, problems };
    made.set(agent, { of, set });
    return set;
  };
}

const none: McpToolSet = { tools: [], problems: [] };

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}

type Options = Parameters<typeof createMcpTool>[0]["entry"];

/** Those that the agent's file allows, in its order. */
function chosen(
  { name: server, tools }: McpServerEntry,
  listed: readonly McpToolListing[],
  problems: string[],
): readonly { readonly listing: McpToolListing; readonly options: Options }[] {
  if (tools === "all") {
    const left = listed.length - MAX_TOOLS;
    if (left > 0) problems.push(`The MCP server ${server} has ${left} tools too many.`);
    return listed.slice(0, MAX_TOOLS).map((listing) => ({ listing, options: {} }));
  }
  return tools.flatMap(({ name, ...options }) => {
    const listing = listed.find((each) => each.name === name);
    if (listing !== undefined) return [{ listing, options }];
    problems.push(missingTool(server, name, listed));
    return [];
  });
}

/** More of them confuse models, and cost tokens in every response. */
const MAX_TOOLS = 64;

/**
 * Models take letters, digits, - and _ alone; a name that is taken gets the server's before it. Undefined
 * where that is taken, too.
 */
function nameFor(wanted: string, server: string, taken: ReadonlySet<string>): string | undefined {
  const name = wanted.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, 64);
  return [name, `${server}_${name}`.slice(0, 64)].find((each) => !taken.has(each));
}
