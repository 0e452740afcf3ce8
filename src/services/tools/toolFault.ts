import { ToolError } from "./tool.ts";
import { Unreachable } from "./unreachable.ts";

/**
 * What a log may say of a tool's failure: its code, and for an exception its kind and the place in the
 * code; where no connection came about, the host and the reason. Never its message, which may hold what a caller has said.
 */
export function describeFault(error: unknown): Readonly<Record<string, string>> {
  if (error instanceof ToolError) return { code: error.code, ...causeOf(error.cause) };
  return { code: "tool_failed", ...causeOf(error) };
}

function causeOf(error: unknown): Readonly<Record<string, string>> {
  if (error instanceof Unreachable) return { host: error.host, reason: error.reason };
  if (!(error instanceof Error)) return {};
  // An exception may have any name, and none.
  const place = /([^/\s(]+\.[cm]?[jt]sx?)(?:\?[^\s:]*)?:(\d+):\d+/.exec(ownFrames(error));
  return {
    fault: typeof error.name === "string" ? error.name.slice(0, 60) : "Error",
    ...(place !== null && { place: `${place[1]}, line ${place[2]}` }),
  };
}

/** Without the runtime's own files, which say nothing of the tool. */
function ownFrames({ stack }: Error): string {
  return String(stack ?? "").split("\n").filter((line) => !/\b(?:ext|node):/.test(line)).join("\n");
}
