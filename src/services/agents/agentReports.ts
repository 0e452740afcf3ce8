import { describeProblem } from "../../config/agentProblem.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import type { AgentEntry } from "./liveAgents.ts";

export interface AgentReportsDeps {
  readonly defaultAgent: string;
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly log: Pick<Log, "info" | "warn" | "error">;
}

type Entries = ReadonlyMap<string, AgentEntry>;

/** Tells the operator what became of agents: each change once, in the log and among the incidents. */
export function createAgentReports({ defaultAgent, incidents, log }: AgentReportsDeps) {
  return {
    /** What is wrong at the start. */
    begun(after: Entries): void {
      for (const entry of after.values()) {
        if (entry.reading.result.ok) warn(entry);
        else broken(entry);
      }
    },
    changed(before: Entries, after: Entries): void {
      for (const [name, entry] of after) {
        const last = before.get(name);
        if (last === entry) continue;
        if (entry.reading.result.ok) good(last, entry);
        else broken(entry);
      }
      for (const name of before.keys()) {
        if (after.has(name)) continue;
        for (const code of CODES) incidents.resolve(code, name);
        log.info("Agent removed", { agent: name });
      }
    },
  };

  function good(last: AgentEntry | undefined, entry: AgentEntry): void {
    const { name, agent } = entry;
    for (const code of CODES) incidents.resolve(code, name);
    warn(entry);
    const version = agent?.version;
    if (last === undefined) log.info("Agent added", { agent: name, version });
    else if (!last.reading.result.ok) log.info("Agent mended", { agent: name, version });
    else log.info("Agent changed", { agent: name, version });
  }

  function warn({ name, reading: { result } }: AgentEntry): void {
    const { warnings = [] } = result.ok ? result : {};
    if (warnings.length === 0) return;
    const texts = warnings.map((it) => describeProblem(`${name}.md`, it));
    log.warn("Agent has warnings", { agent: name, warnings: texts });
  }

  function broken({ name, agent, reading: { result } }: AgentEntry): void {
    const problems = result.ok
      ? []
      : result.problems.map((it) => describeProblem(`${name}.md`, it));
    const isDefault = name === defaultAgent;
    const code = agent === undefined ? "agent_unusable" : "agent_broken";
    for (const other of CODES) if (other !== code) incidents.resolve(other, name);
    if (agent === undefined) log.error("Agent unusable", { agent: name, isDefault, problems });
    else log.error("Agent broken", { agent: name, isDefault, version: agent.version, problems });
    incidents.report({
      code,
      subject: name,
      message: problems.join(" "),
      expiresAfterMs: Infinity,
    });
  }
}

/** Without a usable version; with an older one in use. */
const CODES = ["agent_unusable", "agent_broken"] as const;
