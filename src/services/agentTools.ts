import type { Agent } from "../config/agents.ts";
import { createTools, type Tools } from "./tools.ts";
import { createDoNotCall, type PutOnDoNotCallList } from "./tools/doNotCall.ts";
import { endCall } from "./tools/endCall.ts";
import { getCurrentTime } from "./tools/getCurrentTime.ts";
import { createHttpTool } from "./tools/httpTool.ts";
import { sendDigits } from "./tools/sendDigits.ts";
import type { Tool } from "./tools/tool.ts";
import { createTransferCall } from "./tools/transferCall.ts";

/** What an agent's file may list under `tools`; transfers and HTTP tools come by being described. */
const builtIn: readonly Tool[] = [endCall, getCurrentTime, sendDigits];

/** What tools need of the server. */
export interface ToolServices {
  /** Whether an agent's hand-over may be dialled. */
  readonly mayTransfer: (agent: string, alias: string) => Promise<boolean>;
  readonly putOnDoNotCallList: PutOnDoNotCallList;
}

/** Collects the tools that an agent's definition gives it. Throws where one does not exist or is unfit. */
export function createAgentTools(
  agent: Agent,
  { mayTransfer, putOnDoNotCallList }: ToolServices,
  onFault: (toolName: string, error: unknown) => void,
): Tools {
  const known = [...builtIn, createDoNotCall(putOnDoNotCallList)];
  const listed = agent.tools.filter((name) => name !== "transfer_call")
    .map((name) => findTool(name, known));
  const aliases = Object.keys(agent.transfers);
  if (agent.tools.includes("transfer_call") && aliases.length === 0) {
    throw new RangeError("Cannot offer transfer_call: the agent has no transfers");
  }
  const described = agent.http_tools.map(({ timeout_ms, ...tool }) =>
    createHttpTool({ ...tool, timeoutMs: timeout_ms })
  );
  return createTools({
    tools: [
      ...listed,
      ...(aliases.length > 0
        ? [createTransferCall(aliases, (alias) => mayTransfer(agent.name, alias))]
        : []),
      ...described,
    ],
    onFault,
  });
}

function findTool(name: string, known: readonly Tool[]): Tool {
  const tool = known.find((each) => each.name === name);
  if (tool !== undefined) return tool;
  const names = known.map((each) => each.name).join(", ");
  throw new RangeError(`Cannot find the tool ${name}: there are ${names}, transfer_call`);
}
