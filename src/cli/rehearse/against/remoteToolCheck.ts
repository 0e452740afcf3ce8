import { mentionedTools } from "../../../scenarios/mentionedTools.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { jsonOrUndefined } from "../../../utils/jsonOrUndefined.ts";
import { type KnownTools, requireTools } from "../requireTools.ts";
import type { RemoteRequest } from "./remoteRequest.ts";

/** More agents than any server has. */
const MAX_AGENTS = 200;

/**
 * Holds the tools that scenarios expect against those of a server's agents, which are asked for once. Rejects with a
 * `TypeError` for one that no agent has; resolves with what could not be checked.
 */
export function remoteToolCheck(
  request: RemoteRequest,
): (scenario: Pick<Scenario, "expect" | "file">) => Promise<string | undefined> {
  let asked: Promise<KnownTools> | undefined;
  return async ({ expect, file }) => {
    // The scenario's `model` is for the built-in engine only.
    const mentioned = file === undefined ? [] : mentionedTools({ expect, model: [] });
    if (mentioned.length === 0) return undefined;
    asked ??= toolsOf(request).catch((error) => {
      asked = undefined;
      throw error;
    });
    return requireTools(await asked, { mentioned });
  };
}

async function toolsOf(request: RemoteRequest): Promise<KnownTools> {
  const names = new Set<unknown>();
  const agents = listOf(await read(request, "/api/agents"), "agents");
  if (agents === undefined) return { names, open: "the key does not see the server's agents" };
  let open = agents.length > MAX_AGENTS ? "the server has too many agents" : undefined;
  for (const agent of agents.slice(0, MAX_AGENTS)) {
    const name = isRecord(agent) ? String(agent["name"]) : "";
    const body = await read(request, `/api/agents/${encodeURIComponent(name)}/tools`);
    const tools = listOf(body, "tools");
    if (tools === undefined) open ??= "the key lacks the scope setup:read";
    for (const tool of tools ?? []) if (isRecord(tool)) names.add(tool["name"]);
    if (listOf(body, "openServers")?.length) {
      open ??= `the model may call all tools of an MCP server of the agent ${name}`;
    }
    // Such as an MCP server that does not answer: its tools are not known.
    if (listOf(body, "problems")?.length) {
      open ??= `the server reports problems with the agent ${name}`;
    }
  }
  return { names, open };
}

function listOf(body: unknown, field: string): readonly unknown[] | undefined {
  const list = isRecord(body) ? body[field] : undefined;
  return Array.isArray(list) ? list : undefined;
}

async function read(request: RemoteRequest, path: string): Promise<unknown> {
  const answer = await request(path);
  const text = await answer.text();
  return answer.ok ? jsonOrUndefined(text) : undefined;
}
