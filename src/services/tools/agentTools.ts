import type { Agent } from "../../config/agents.ts";
import type { Log } from "../../utils/logger.ts";
import { createToolRegistry, type ToolRegistry } from "./toolRegistry.ts";
import type { SignCall } from "./http/callSigner.ts";
import { createDoNotCall, type PutOnDoNotCallList } from "./builtin/doNotCall.ts";
import { endCall } from "./builtin/endCall.ts";
import { getCurrentTime } from "./builtin/getCurrentTime.ts";
import { createHttpTool } from "./http/httpTool.ts";
import { sendDigits } from "./builtin/sendDigits.ts";
import type { Tool } from "./tool.ts";
import { createTransferCall } from "./builtin/transferCall.ts";

/** Names for `tools` in an agent's file; transfers and HTTP tools have entries of their own there. */
const builtIn: readonly Tool[] = [endCall, getCurrentTime, sendDigits];

/** What tools need of the server. */
export interface ToolServices {
  /** Whether an agent's transfer may be dialled. */
  readonly mayTransfer: (agent: Agent, alias: string) => Promise<boolean>;
  readonly putOnDoNotCallList: PutOnDoNotCallList;
  /** Absent where there is no secret to sign with. */
  readonly signCall?: SignCall;
}

/** The tools of a definition of an agent, made when a call first asks for them. */
export type Toolbox = (agent: Agent) => ToolRegistry;

export interface ToolboxOptions {
  readonly services: ToolServices;
  readonly log: Pick<Log, "warn">;
}

export function createToolbox({ services, log }: ToolboxOptions): Toolbox {
  const made = new WeakMap<Agent, ToolRegistry>();
  return function toolsOf(agent) {
    const known = made.get(agent);
    if (known !== undefined) return known;
    const onFault = (tool: string, error: unknown) =>
      log.warn("Tool failed", { agent: agent.name, tool, error });
    const tools = createAgentTools(agent, services, onFault);
    made.set(agent, tools);
    return tools;
  };
}

/** The tools of an agent's definition. Throws for the first that is invalid. */
export function createAgentTools(
  agent: Agent,
  services: ToolServices,
  onFault: (toolName: string, error: unknown) => void,
): ToolRegistry {
  return createToolRegistry({ tools: toolsOf(agent, services), onFault });
}

/** All that is wrong with the tools of an agent, one sentence each. */
export function findToolProblems(agent: Agent): readonly string[] {
  const problems: string[] = [];
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      problems.push(`${error instanceof Error ? error.message : "unfit tools"}.`);
    }
  };
  const own = agent.http_tools;
  for (const tool of own) {
    attempt(() => createToolRegistry({ tools: [httpTool(tool, noServices)] }));
  }
  attempt(() => createToolRegistry({ tools: toolsOf({ ...agent, http_tools: [] }, noServices) }));
  if (problems.length === 0) attempt(() => createAgentTools(agent, noServices, () => {}));
  return problems;
}

/** For validation only: the tools made with these are never run. */
const noServices: ToolServices = {
  mayTransfer: () => Promise.resolve(false),
  putOnDoNotCallList: () => Promise.resolve("number_unknown"),
};

function toolsOf(agent: Agent, services: ToolServices): readonly Tool[] {
  const known = [...builtIn, createDoNotCall(services.putOnDoNotCallList)];
  const listed = [...new Set(agent.tools)].filter((name) => name !== "transfer_call")
    .map((name) => findTool(name, known));
  const aliases = Object.keys(agent.transfers);
  if (agent.tools.includes("transfer_call") && aliases.length === 0) {
    throw new RangeError("Cannot offer transfer_call: the agent has no transfers");
  }
  return [
    ...listed,
    ...(aliases.length > 0
      ? [createTransferCall(aliases, (alias) => services.mayTransfer(agent, alias))]
      : []),
    ...agent.http_tools.map((tool) => httpTool(tool, services)),
  ];
}

function httpTool(
  { timeout_ms, ...tool }: Agent["http_tools"][number],
  { signCall }: ToolServices,
): Tool {
  const taken = [...builtIn.map(({ name }) => name), "do_not_call", "transfer_call"];
  if (taken.includes(tool.name)) {
    throw new TypeError(`Cannot offer the tool ${tool.name}: the server has one of this name`);
  }
  return createHttpTool({ ...tool, timeoutMs: timeout_ms }, signCall);
}

function findTool(name: string, known: readonly Tool[]): Tool {
  const tool = known.find((each) => each.name === name);
  if (tool !== undefined) return tool;
  const names = known.map((each) => each.name).join(", ");
  throw new RangeError(`Cannot find the tool ${name}: there are ${names}, transfer_call`);
}
