import type { AgentProblem } from "../../config/agentProblem.ts";
import type { Agent } from "../../config/agents.ts";
import type { ReadToolVariable } from "../../config/toolVariables.ts";
import type { ToolOptionsEntry } from "../../config/toolOptionsSchema.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import { WorkSlices } from "../../utils/workSlices.ts";
import { BUILTIN_NAMES, type BuiltinServices, builtinTools } from "./builtinTools.ts";
import { createClientTool, type RunInClient } from "./client/clientTool.ts";
import { HeaderFault, readHeaders } from "./http/httpHeaders.ts";
import { createHttpTool, type HttpToolServices } from "./http/httpTool.ts";
import { CALENDAR_TOOLS } from "./builtin/calendarTools.ts";
import { RECORDING_TOOLS } from "./builtin/pauseRecording.ts";
import { createAgentMcpTools, type McpToolSet } from "./mcp/agentMcpTools.ts";
import type { McpServers } from "./mcp/mcpServers.ts";
import { remoteToolProblems } from "./mcp/remoteToolProblems.ts";
import { remoteToolNames, remoteTools } from "./mcp/remoteTools.ts";
import { isStoodIn, type ToolStandIn, withStandIns } from "./standIns.ts";
import type { Tool } from "./tool.ts";
import { confirmWarnings } from "./confirmWarnings.ts";
import { describeFault } from "./toolFault.ts";
import { createTypescriptTool } from "./typescript/typescriptTool.ts";
import { createToolRegistry, type ToolRegistry } from "./toolRegistry.ts";
import { UnknownTool } from "./unknownTool.ts";

/** What tools need of the server. */
export interface ToolServices extends BuiltinServices, HttpToolServices {
  readonly runInClient: RunInClient;
}

/** The tools of a definition of an agent, made when a call first asks for them. */
export type Toolbox = (agent: Agent) => ToolRegistry;

export interface ToolboxOptions {
  readonly services: ToolServices;
  readonly mcpServers: Pick<McpServers, "use">;
  readonly standIns?: readonly ToolStandIn[];
  readonly log: Pick<Log, "warn">;
}

/** Of an agent with MCP servers they are made anew when a server's tools have changed. */
export function createToolbox(
  { services, mcpServers, standIns = [], log }: ToolboxOptions,
): Toolbox {
  const made = new WeakMap<
    Agent,
    { readonly mcp: McpToolSet; readonly tools: ToolRegistry }
  >();
  const mcpToolsOf = createAgentMcpTools({
    servers: mcpServers,
    isLeftOut: (entry) => isStoodIn(entry, standIns),
    signCall: services.signCall,
    check: (tool) => void createToolRegistry({ tools: [tool] }),
    log,
  });
  return function toolsOf(agent) {
    const mcp = mcpToolsOf(agent, takenNames(agent, remoteToolNames(agent)));
    const known = made.get(agent);
    if (known?.mcp === mcp) return known.tools;
    const onFault = (tool: string, error: unknown) =>
      log.warn("Tool failed", { agent: agent.name, tool, ...describeFault(error) });
    const tools = createAgentTools(agent, services, onFault, mcp, standIns);
    made.set(agent, { mcp, tools });
    return tools;
  };
}

/** The tools of an agent's definition. Throws for the first that is invalid. */
export function createAgentTools(
  agent: Agent,
  services: ToolServices,
  onFault: (toolName: string, error: unknown) => void,
  mcp: McpToolSet = { tools: [], problems: [] },
  standIns: readonly ToolStandIn[] = [],
): ToolRegistry {
  const own = [...toolMakers(agent, services).map(({ make }) => make()), ...mcp.tools];
  const tools = standIns.length === 0 ? own : withStandIns(agent, own, standIns);
  const remote = remoteTools(agent, services.readVariable);
  return createToolRegistry({
    tools,
    entries: entriesOf(agent),
    remote,
    problems: mcp.problems,
    ...present({ confirmWords: agent.confirm_words && present(agent.confirm_words) }),
    onFault,
  });
}

/** All that is wrong with the tools of an agent. Takes its time, so that calls under way are not held up. */
export async function findToolProblems(
  agent: Agent,
  readVariable: ReadToolVariable,
  { isModelLocal = false }: { readonly isModelLocal?: boolean } = {},
): Promise<readonly AgentProblem[]> {
  const services = { ...unusable, readVariable };
  const problems: AgentProblem[] = [];
  const attempt = (path: string, work: () => void) => {
    try {
      work();
    } catch (error) {
      const message = error instanceof Error ? error.message : "unfit tools";
      const cause = error instanceof Error ? error.cause : undefined;
      problems.push({
        path: cause instanceof HeaderFault ? `${path}.headers` : path,
        message,
        ...(error instanceof UnknownTool && error.problem),
      });
    }
  };
  const slices = new WorkSlices();
  for (const { path, make } of toolMakers(agent, services)) {
    attempt(path, () => createToolRegistry({ tools: [make()] }));
    await slices.pause();
  }
  problems.push(...remoteToolProblems(agent, takenNames(agent), { isModelLocal }));
  for (const [at, { headers }] of agent.mcp_servers.entries()) {
    attempt(`mcp_servers.${at}.headers`, () => readHeaders(headers, readVariable));
  }
  if (problems.length === 0) {
    attempt("tools", () => {
      const { list } = createAgentTools(agent, services, () => {});
      problems.push(...confirmWarnings(agent, list()));
    });
  }
  return problems;
}

/** For validation only: the tools made with these are never run. */
const unusable: Omit<ToolServices, "readVariable"> = {
  transferRefusal: () => Promise.resolve(undefined),
  putOnDoNotCallList: () => Promise.resolve("number_unknown"),
  takeMessage: () => Promise.resolve("too_many"),
  searchKnowledge: () => Promise.resolve({ result: "failed" }),
  send: () => Promise.reject(new TypeError("Cannot send: this is a check")),
  sendText: () => Promise.resolve("no_phone"),
  calendarOf: () => {
    throw new Error("Cannot open a calendar: no call asks for it");
  },
  runInClient: () => Promise.reject(new TypeError("Cannot run: this is a check")),
};

/** Tools that an agent has by an entry of their own, and the entry's name; `tools` may hold their options. */
const OWN_ENTRIES: ReadonlyMap<string, string> = new Map([
  ["search_knowledge", "knowledge"],
  ["transfer_call", "transfers"],
  ["cancel_transfer", "transfers"],
  ["leave_conversation", "transfers"],
  ["handoff", "handoffs"],
  ["wait_silently", "phone_menu"],
  ...RECORDING_TOOLS.map(({ name }) => [name, "recording"] as const),
  ...CALENDAR_TOOLS.map((name) => [name, "calendar"] as const),
]);

interface ToolMaker {
  /** Where the agent's file names the tool. */
  readonly path: string;
  /** Throws where the tool is invalid. */
  readonly make: () => Tool;
}

function toolMakers(agent: Agent, services: ToolServices): readonly ToolMaker[] {
  const known = builtinTools(agent, services);
  const own = new Set([...agent.http_tools, ...agent.client_tools].map(({ name }) => name));
  const listed = new Set(
    [
      ...agent.tools.map(({ name }) => name).filter((name) => !OWN_ENTRIES.has(name)),
      ...(agent.phone_menu === undefined ? [] : ["send_dtmf"]),
      // Whom it calls can ask not to be called, in whatever words.
      ...((agent.outbound?.opt_out ?? "off") === "off" ? [] : ["do_not_call"]),
    ],
  );
  // A name that is defined in the file stands in `tools` for its options alone.
  const others = [...listed].filter((name) => !own.has(name) || known.has(name));
  const isOffered = (name: string) =>
    known.has(name) || agent.tools.some((tool) => tool.name === name);
  const pathOf = (name: string) => `tools.${agent.tools.findIndex((tool) => tool.name === name)}`;
  return [
    ...others.map((name) => ({
      path: pathOf(name),
      make: () => listedTool(name, known, agent),
    })),
    ...[...OWN_ENTRIES].filter(([name]) => isOffered(name)).map(([name, entry]) => ({
      path: pathOf(name),
      make: () => known.get(name) ?? withoutEntry(name, entry),
    })),
    ...agent.http_tools.map((tool, at) => ({
      path: `http_tools.${at}`,
      make: () => createHttpTool(ownName(tool), services),
    })),
    ...agent.client_tools.map((tool, at) => ({
      path: `client_tools.${at}`,
      make: () => createClientTool(ownName(tool), services.runInClient),
    })),
  ];
}

function takenNames(
  { http_tools, client_tools, tools }: Agent,
  others: readonly string[] = [],
): ReadonlySet<string> {
  const own = [...http_tools, ...client_tools, ...tools];
  return new Set([...BUILTIN_NAMES, ...own.map(({ name }) => name), ...others]);
}

/** What the file says of single tools: an entry in `tools` over one where the tool is defined. */
function entriesOf(agent: Agent): Readonly<Record<string, ToolOptionsEntry>> {
  const entries: Record<string, ToolOptionsEntry> = {};
  for (const { name, ...options } of [...agent.http_tools, ...agent.client_tools, ...agent.tools]) {
    entries[name] = { ...entries[name], ...options };
  }
  return entries;
}

function listedTool(name: string, known: ReadonlyMap<string, Tool>, agent: Agent): Tool {
  const own = known.get(name);
  const { [name]: file } = agent.toolModules ?? {};
  if (file === undefined) return own ?? unknownTool(name, known, agent);
  if (own !== undefined || BUILTIN_NAMES.has(name)) {
    throw new TypeError(`Cannot offer ${file.file}: the server has a tool of this name`);
  }
  return createTypescriptTool(name, file);
}

function ownName<T extends { readonly name: string }>(tool: T): T {
  if (!BUILTIN_NAMES.has(tool.name)) return tool;
  throw new TypeError(`Cannot offer the tool ${tool.name}: the server has one of this name`);
}

function unknownTool(name: string, known: ReadonlyMap<string, Tool>, agent: Agent): never {
  const { toolFiles = [] } = agent;
  throw new UnknownTool(name, [...new Set([...toolFiles, ...known.keys(), ...OWN_ENTRIES.keys()])]);
}

function withoutEntry(tool: string, entry: string): never {
  throw new RangeError(`Cannot offer ${tool}: the agent has no ${entry}`);
}
