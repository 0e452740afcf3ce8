import type { ClientToolEntry } from "../../../config/clientToolSchema.ts";
import { type Tool, ToolError } from "../tool.ts";
import type { ClientToolCalls } from "./clientToolCalls.ts";

/** Runs a tool in the client of a call. */
export type RunInClient = ClientToolCalls["run"];

/** A page that does not answer must not keep the caller waiting. */
const TIME_LIMIT_MS = 10_000;

/** Creates a tool that the page or program of a browser call runs. */
export function createClientTool(
  { name, description, parameters }: ClientToolEntry,
  runInClient: RunInClient,
): Tool {
  return {
    name,
    kind: "client",
    description,
    parameters,
    options: { timeoutMs: TIME_LIMIT_MS },
    async run(args, { callId, direction, signal }) {
      if (direction !== "web") {
        throw new ToolError("not_in_a_browser", "This call is not from a browser.");
      }
      return { output: await runInClient(callId, name, args, signal) };
    },
  };
}
