import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";

interface ToolServerHealthOptions {
  /** Absent where incidents are not kept. */
  readonly incidents?: Pick<Incidents, "report" | "resolve"> | undefined;
  readonly log: Pick<Log, "info" | "warn">;
}

/**
 * Whether the MCP servers that models use by themselves are there, as the sessions of calls show it. Only a
 * call asks for them: a server that was away is so until the next one, or for an hour.
 */
export class ToolServerHealth {
  readonly #incidents: ToolServerHealthOptions["incidents"];
  readonly #log: ToolServerHealthOptions["log"];
  /** What was logged last of each, so that a line comes when it changes, and not with every call. */
  readonly #known = new Map<string, string>();

  constructor({ incidents, log }: ToolServerHealthOptions) {
    this.#incidents = incidents;
    this.#log = log;
  }

  /** `wanted`: the tools that the agent's file names; absent for all. */
  listed(server: string, tools: readonly string[], wanted: readonly string[] = tools): void {
    this.#incidents?.resolve("mcp_server_away", subjectOf(server));
    const missing = wanted.filter((name) => !tools.includes(name));
    const offered = tools.slice(0, MAX_SHOWN).join(", ");
    if (!this.#isNews(server, `${offered} ${missing}`)) return;
    this.#log.info("MCP server listed by the model", { server, tools: offered });
    if (missing.length === 0) return;
    const problems = missing.map((name) => `The MCP server ${server} has no tool ${name}.`);
    this.#log.warn("MCP tools left out", { server, problems });
  }

  /** Undefined where it is not known which. */
  failed(server = "of the model"): void {
    if (this.#isNews(server, "away")) {
      this.#log.warn("MCP server away", { server, by: "model" });
    }
    this.#incidents?.report({
      code: "mcp_server_away",
      subject: subjectOf(server),
      message:
        `The model's provider could not list the tools of the MCP server ${server}: calls go on without them.`,
      expiresAfterMs: AWAY_MS,
    });
  }

  #isNews(server: string, what: string): boolean {
    if (this.#known.get(server) === what) return false;
    if (this.#known.size >= MAX_SERVERS) this.#known.clear();
    this.#known.set(server, what);
    return true;
  }
}

const MAX_SHOWN = 64;
const MAX_SERVERS = 500;
const AWAY_MS = 60 * 60_000;

/** A server of this name may be connected to by Parley as well. */
function subjectOf(server: string): string {
  return `${server} (model)`;
}
