import {
  createToolRegistry,
  type ToolRegistryOptions,
} from "../../src/services/tools/toolRegistry.ts";
import type { Tool, ToolContext } from "../../src/services/tools/tool.ts";

export function context(changes: Partial<ToolContext> = {}): ToolContext {
  return {
    signal: new AbortController().signal,
    callId: "call_1",
    direction: "inbound",
    agent: "receptionist",
    variables: {},
    log: () => {},
    now: () => new Date("2026-07-14T22:05:06Z"),
    ...changes,
  };
}

/** The outcome of a tool that a registry of these tools runs; JSON is parsed. */
export async function runTool(
  tools: readonly Tool[],
  name: string,
  args: string,
  changes: Partial<ToolContext> = {},
  options: Partial<ToolRegistryOptions> = {},
) {
  const call = { callId: "c1", name, arguments: args };
  const { output, ...rest } = await createToolRegistry({ tools, ...options }).run(
    call,
    context(changes),
  );
  return { output: output.startsWith("{") ? JSON.parse(output) : output, ...rest };
}

// The registry
