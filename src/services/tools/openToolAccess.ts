import type { Settings } from "../../config/settings.ts";
import type { ReadToolVariable } from "../../config/toolVariables.ts";
import { openGuardedFetch } from "../../utils/http/guardedFetch.ts";
import { ClientToolCalls } from "./client/clientToolCalls.ts";
import type { HttpToolAccess } from "./http/httpTool.ts";
import { openMcpServers, type OpenMcpServersDeps } from "./mcp/openMcpServers.ts";

export type OpenToolAccessDeps =
  & Omit<OpenMcpServersDeps, "fetch" | "settings">
  & {
    readonly settings: Pick<Settings, "limits" | "tools">;
    readonly readVariable: ReadToolVariable;
  };

/** Opens what tools reach outside the server: HTTP endpoints, MCP servers and the clients of calls. */
export async function openToolAccess({ settings, readVariable, ...deps }: OpenToolAccessDeps) {
  await using opening = new AsyncDisposableStack();
  const guarded = openGuardedFetch(settings.tools);
  opening.defer(guarded.close);
  const mcpServers = opening.use(
    await openMcpServers({
      ...deps,
      settings,
      readVariable,
      fetch: (url, init = {}) => guarded.fetch(new URL(url), init),
    }),
  );
  const http: HttpToolAccess = { readVariable, send: guarded.fetch };
  const opened = opening.move();
  return {
    toolAccess: http,
    mcpServers,
    clientTools: new ClientToolCalls(),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
