import type { Agent } from "../config/agents.ts";
import { createTools, type Tools } from "./tools.ts";
import { endCall } from "./tools/endCall.ts";
import { getCurrentTime } from "./tools/getCurrentTime.ts";
import { createHttpTool } from "./tools/httpTool.ts";
import { sendDigits } from "./tools/sendDigits.ts";
import type { Tool } from "./tools/tool.ts";
import { createTransferCall } from "./tools/transferCall.ts";

/** What an agent's file may list under `tools`; transfers and HTTP tools come by being described. */
const builtIn: readonly Tool[] = [endCall, getCurrentTime, sendDigits];

/** Collects the tools that an agent's definition gives it. Throws where one does not exist or is unfit. */
export function createAgentTools(
  agent: Agent,
  onFault: (toolName: string, error: unknown) => void,
): Tools {
  const listed = agent.tools.filter((name) => name !== "transfer_call").map(findBuiltIn);
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
      ...(aliases.length > 0 ? [createTransferCall(aliases)] : []),
      ...described,
    ],
    onFault,
  });
}

function findBuiltIn(name: string): Tool {
  const tool = builtIn.find((each) => each.name === name);
  if (tool !== undefined) return tool;
  const names = builtIn.map((each) => each.name).join(", ");
  throw new RangeError(`Cannot find the tool ${name}: there are ${names}, transfer_call`);
}
