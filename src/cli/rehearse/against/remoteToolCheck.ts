import { mentionedTools } from "../../../scenarios/mentionedTools.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { jsonOrUndefined } from "../../../utils/jsonOrUndefined.ts";
import type { RemoteRequest } from "./remoteRequest.ts";

interface RemoteTools {
  readonly names: ReadonlySet<unknown>;
  /** Why there may be more of them; absent where these are all. */
  readonly open?: string;
}

/** More agents than any server has. */
const MAX_AGENTS = 200;

/**
 * Holds the tools that scenarios expect against those of a server's agents, which are asked for once. Rejects with a
 * `TypeError` for one that no agent has; resolves with what could not be checked, in half a sentence.
 */
export function remoteToolCheck(
  request: RemoteRequest,
): (scenario: Pick<Scenario, "expect" | "file">) => Promise<string | undefined> {
  let asked: Promise<RemoteTools> | undefined;
  return async ({ expect, file }) => {
    // What the built-in engine was to do is nothing to a server that has its own.
    const mentioned = file === undefined ? [] : mentionedTools({ expect, model: [] });
    if (mentioned.length === 0) return undefined;
    asked ??= toolsOf(request);
    const { names, open } = await asked;
    const unknown = mentioned.find((name) => !names.has(name));
    if (unknown === undefined) return undefined;
    if (open !== undefined) {
      return `nobody has checked that an agent has the tool ${unknown}: ${open}`;
    }
    throw new TypeError(`Cannot rehearse with the tool ${unknown}: no agent has it`);
  };
}

async function toolsOf(request: RemoteRequest): Promise<RemoteTools> {
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
    // Such as an MCP server that is away: what it has is not known.
    if (listOf(body, "problems")?.length) open ??= `the server tells of problems of ${name}`;
  }
  return { names, ...(open !== undefined && { open }) };
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
