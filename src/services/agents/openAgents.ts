import { describeProblem } from "../../config/agentProblem.ts";
import { type AgentFiles, filesOnDisk, inFolder } from "../../config/agentFiles.ts";
import { ModuleTrials } from "../../config/trial/moduleTrials.ts";
import { findReferenceProblems } from "../../config/agentReferences.ts";
import { missingKnowledge } from "../../config/knowledgeSources.ts";
import { type Agent, type AgentCheck, AgentsError, UnknownDefault } from "../../config/agents.ts";
import { withProblems } from "../../config/agentReading.ts";
import type { ReadToolVariable } from "../../config/toolVariables.ts";
import type { Settings } from "../../config/settings.ts";
import { setTimer } from "../../utils/clock.ts";
import type { Incidents } from "../../utils/incidents.ts";
import type { Log } from "../../utils/logger.ts";
import type { AgentVersionStore } from "../store.ts";
import { findToolProblems } from "../tools.ts";
import { AgentFolder, found } from "./agentFolder.ts";
import { createAgentCatalog } from "./agentCatalog.ts";
import { createAgentReports } from "./agentReports.ts";
import { lastGoodEntry } from "./lastGoodEntry.ts";
import { watchFolder } from "./folderWatch.ts";
import { type AgentEntry, LiveAgents } from "./liveAgents.ts";
import { UsedVersions } from "./usedVersions.ts";

export interface OpenAgentsOptions {
  readonly agentFiles?: AgentFiles | undefined;
  /** What else is wrong with an agent, such as a host that this process may not reach. */
  readonly examineAgent?: AgentCheck | undefined;
  readonly readToolVariable: ReadToolVariable;
  /** Whether the model's server runs on this machine, and reaches what only this machine can. */
  readonly isModelLocal?: boolean;
  /** How often the folder is looked at beside its events. */
  readonly agentPollMs?: number | undefined;
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly log: Pick<Log, "info" | "warn" | "error">;
}

/**
 * Reads all agents of the folder, and follows their files once `follow` was called. A fault in a file, or in what
 * it names, makes only its own agent unusable. Throws `AgentsError` where the folder has no file for the default
 * agent.
 */
export async function openAgents(
  { agents: { dir, default: defaultAgent } }: Pick<Settings, "agents">,
  {
    agentFiles = filesOnDisk,
    examineAgent,
    readToolVariable,
    isModelLocal,
    agentPollMs: pollMs,
    incidents,
    log,
  }: OpenAgentsOptions,
) {
  const trials = new ModuleTrials({
    onUnavailable: (error) => log.info("Tools loaded without a trial", { error }),
  });
  const files: AgentFiles = {
    ...agentFiles,
    ...(agentFiles.module && { tryModule: (path, key) => trials.pass(path, key) }),
  };
  const folder = new AgentFolder({ dir, defaultAgent, files });
  const checks = ownChecks({ dir, readToolVariable, isModelLocal });
  const valid = await readAll(folder, dir, checks).finally(() => trials.rest());
  const entries = examineAgent === undefined ? valid : await examined(valid, examineAgent);
  const absent = defaultProblem(entries, defaultAgent);
  const live = new LiveAgents(
    entries,
    [...checks, ...(examineAgent ? [examineAgent] : [])],
    (error) => log.error("Change of agents not followed", { error }),
  );
  let isAway = false;
  let closed = false;
  const reports = createAgentReports({ defaultAgent, incidents, log });
  if (absent.length > 0) {
    throw new UnknownDefault(
      live.names.length > 0 ? absent : [...problemLines(entries, dir), ...absent],
      entries.map(({ name }) => name),
    );
  }
  return {
    agents: live,
    files,
    dir,
    /**
     * From the store, the last used good version of agents whose files are faulty now. Throws `AgentsError`
     * where no agent is usable then.
     */
    async recover(store?: Pick<AgentVersionStore, "latest">): Promise<void> {
      if (store !== undefined && live.unusable.size > 0) {
        const recovered: AgentEntry[] = [];
        for (const entry of live.entries.values()) {
          recovered.push(
            await lastGoodEntry(entry, { store, live, dir, files })
              .catch((error) => {
                log.warn("Versions of an agent not read", { agent: entry.name, error });
                return undefined;
              }) ?? entry,
          );
        }
        live.replace(recovered);
        trials.rest();
      }
      if (live.names.length === 0) {
        throw new AgentsError(problemLines([...live.entries.values()], dir));
      }
      reports.begun(live.entries);
    },
    /** From now on changes of the files are followed, and the versions that calls use are kept. */
    follow(store: AgentVersionStore, now: () => number) {
      const used = new UsedVersions({ store, now, setTimer, log });
      live.onPin((agent) => used.add(agent, live.textOf(agent)));
      trials.start(live.names.some((name) => hasModules(live.get(name))));
      const changes = files.stamp ?? files.watch;
      const following = changes && watchFolder({ dir, files, pollMs, onChange, setTimer, log });
      const look = async () => await following?.look();
      return {
        catalog: createAgentCatalog({ live, dir, files, store, look }),
        async [Symbol.asyncDispose]() {
          closed = true;
          trials[Symbol.dispose]();
          await following?.close();
          await used.close();
        },
      };
    },
  };

  async function onChange(changed: ReadonlySet<string>): Promise<boolean> {
    const before = live.entries;
    try {
      const { entries, again } = await folder.look({ before, checks: live.checks, changed });
      // What could not be tried to its end is not faulty.
      if (closed) return false;
      incidents.resolve("agents_unreadable");
      if (isAway) log.info("Agents' folder read again");
      isAway = false;
      if (entries.length === before.size && entries.every((it) => before.get(it.name) === it)) {
        return again;
      }
      live.replace(entries);
      reports.changed(before, live.entries);
      return again;
    } catch (error) {
      // The folder may be about to come back: all agents stay as they are.
      incidents.report({
        code: "agents_unreadable",
        message: "The folder of the agents cannot be read: the agents stay as they were.",
        expiresAfterMs: Infinity,
      });
      if (!isAway) log.warn("Agents' folder not read", { error });
      isAway = true;
      return false;
    }
  }
}

function hasModules(agent: Agent | undefined): boolean {
  return Object.keys(agent?.toolModules ?? {}).length > 0;
}

/** What every definition has to pass, also at the start. */
function ownChecks({ dir, readToolVariable, isModelLocal = false }: {
  readonly dir: string;
  readonly readToolVariable: ReadToolVariable;
  readonly isModelLocal: boolean | undefined;
}): readonly AgentCheck[] {
  return [
    (agent) => findToolProblems(agent, readToolVariable, { isModelLocal }),
    findReferenceProblems,
    (agent) => missingKnowledge(agent, dir),
  ];
}

async function readAll(
  folder: AgentFolder,
  dir: string,
  checks: readonly AgentCheck[],
): Promise<readonly AgentEntry[]> {
  try {
    const { entries } = await folder.look({ before: new Map(), checks });
    if (entries.length > 0) return entries;
    throw new AgentsError([`${dir} holds no agent: put a file such as receptionist.md there.`]);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new AgentsError([
        `AGENTS_DIR: ${dir} may not be read: call the folder "agents", or add "${dir}" to "read" of permissions.server in deno.json.`,
      ]);
    }
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new AgentsError([`${dir} does not exist: set AGENTS_DIR to the folder of the agents.`]);
  }
}

/** Where no agent would be left, all stay: the same problems are then reported with those of the settings. */
async function examined(
  entries: readonly AgentEntry[],
  check: AgentCheck,
): Promise<readonly AgentEntry[]> {
  const agents = new Map<string, Agent>();
  for (const { name, agent } of entries) if (agent !== undefined) agents.set(name, agent);
  const peers = { agents, names: new Set(entries.map(({ name }) => name)) };
  const checked: AgentEntry[] = [];
  for (const entry of entries) {
    const { name, agent, reading } = entry;
    const problems = agent === undefined ? [] : await found(agent, peers, [check]);
    const result = withProblems(reading.result, problems);
    checked.push(
      result.ok || agent === undefined
        ? { ...entry, reading: { ...reading, result } }
        : { name, reading: { ...reading, result } },
    );
  }
  return checked.some(({ agent }) => agent !== undefined) ? checked : entries;
}

function problemLines(entries: readonly AgentEntry[], dir: string): readonly string[] {
  return entries.flatMap(({ name, reading: { result } }) =>
    result.ok ? [] : result.problems.map((it) => describeProblem(inFolder(dir, `${name}.md`), it))
  );
}

/** The problem of a default agent without a file; one with an invalid file is unusable, but known. */
function defaultProblem(entries: readonly AgentEntry[], defaultAgent: string): readonly string[] {
  const known = [
    ...entries.filter(({ agent }) => agent !== undefined),
    ...entries.filter(({ agent }) => agent === undefined),
  ].map(({ name }) => name);
  if (known.includes(defaultAgent)) return [];
  return [`DEFAULT_AGENT is ${defaultAgent}, but there are only: ${known.join(", ")}.`];
}
