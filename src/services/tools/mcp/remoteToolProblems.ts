import type { AgentProblem } from "../../../config/agentProblem.ts";
import type { Agent } from "../../../config/agents.ts";
import { isLoopback } from "../../../utils/http/loopback.ts";
import { isPublicAddress } from "../../../utils/http/publicAddress.ts";

/**
 * What is wrong with the servers that the model is to use by itself. `taken`: names of other tools.
 * `isModelLocal`: the model runs on this machine, and reaches what is on it.
 */
export function remoteToolProblems(
  agent: Agent,
  taken: ReadonlySet<string>,
  { isModelLocal }: { readonly isModelLocal: boolean },
): readonly AgentProblem[] {
  const problems: AgentProblem[] = [];
  const names = new Set(taken);
  const labels = new Set<string>();
  for (const [at, { name: label, by, url, tools }] of agent.mcp_servers.entries()) {
    if (by !== "model") continue;
    const path = `mcp_servers.${at}`;
    if (!isReachable(new URL(url), isModelLocal)) {
      problems.push({ path: `${path}.url`, message: NOT_REACHABLE });
    }
    if (labels.has(label)) {
      const message = "is the name of another server that the model uses: give each its own";
      problems.push({ path: `${path}.name`, message });
    }
    labels.add(label);
    for (const [index, { name }] of tools === "all" ? [] : tools.entries()) {
      if (names.has(name)) {
        const message =
          `${name} is the name of another tool, and the model calls it by no other: leave one out, or let Parley run it (by: server) with another name (as)`;
        problems.push({ path: `${path}.tools.${index}`, message });
      }
      names.add(name);
    }
  }
  return problems;
}

const NOT_REACHABLE =
  "must be an https URL on the public internet, for the model's provider connects to it (by: model); it cannot reach this machine or a private network: use by: server for that";

function isReachable({ protocol, hostname }: URL, isModelLocal: boolean): boolean {
  if (isLoopback(hostname)) return isModelLocal;
  if (protocol !== "https:") return false;
  const host = hostname.replace(/^\[|\]$/g, "");
  if (ADDRESS.test(host)) return isPublicAddress(host);
  return host.includes(".") && !PRIVATE_NAME.test(host);
}

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f:.]*:[\da-f:.]*)$/i;
/** Of names that no public server can have. */
const PRIVATE_NAME = /\.(?:local|localhost|internal|lan|home\.arpa|intranet|test|invalid)\.?$/i;
