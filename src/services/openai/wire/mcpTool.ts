import type { RealtimeToolsConfigUnion } from "openai/resources/realtime/realtime";
import type { ToolServer } from "../../../call/modelSetup.ts";
import { present } from "../../../utils/present.ts";

/** A server as the set-up of a session names it. */
export function mcpTool(server: ToolServer): RealtimeToolsConfigUnion.Mcp {
  const { label, url, description, tools } = server;
  const { authorization, headers } = credentialsOf(server.headers);
  return {
    type: "mcp",
    server_label: label,
    server_url: url,
    require_approval: approvalOf(server),
    ...present({ server_description: description, authorization, headers }),
    ...(tools !== undefined && { allowed_tools: [...tools] }),
  };
}

/** A bearer token has a field of its own, which the provider does not show again. */
function credentialsOf(given: ToolServer["headers"]) {
  const headers: Record<string, string> = {};
  let authorization: string | undefined;
  for (const [name, value] of Object.entries(given)) {
    const token = name.toLowerCase() === "authorization" ? BEARER.exec(value)?.[1] : undefined;
    if (token === undefined) headers[name] = value;
    else authorization = token;
  }
  return { authorization, headers: Object.keys(headers).length === 0 ? undefined : headers };
}

function approvalOf(
  { tools = [], asks }: ToolServer,
): NonNullable<RealtimeToolsConfigUnion.Mcp["require_approval"]> {
  if (asks.length === 0) return "never";
  const others = tools.filter((name) => !asks.includes(name));
  if (others.length === 0) return "always";
  return { always: { tool_names: [...asks] }, never: { tool_names: others } };
}

const BEARER = /^Bearer\s+(\S+)$/i;
