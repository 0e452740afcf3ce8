import { type FoundProblem, placedProblems } from "./agentProblem.ts";
import { type Agent, type ReadAgent, readAgent } from "./agents.ts";
import { type AgentVoice, agentVoice } from "./agentSchema.ts";
import { readCompanions } from "./agentCompanions.ts";
import { type AgentFiles, inFolder } from "./agentFiles.ts";
import { versionOf } from "./agentVersion.ts";

/** What one file of the folder holds, usable or not. */
export interface AgentReading {
  /** The agent's name: that of the file without `.md`. */
  readonly name: string;
  /** Absent where the file could not be read. */
  readonly text?: string;
  /** Names of the files below the folder that it needs. */
  readonly companions: readonly string[];
  readonly result: ReadAgent;
}

/** Reads an agent's file and the files that it names. Never rejects: what is wrong is among the problems. */
export async function readAgentFile(
  name: string,
  dir: string,
  files: AgentFiles,
): Promise<AgentReading> {
  try {
    return await readDefinition(name, await files.text(inFolder(dir, `${name}.md`)), dir, files);
  } catch (error) {
    const message = `cannot be read: ${error instanceof Error ? error.message : "unknown"}`;
    return { name, companions: [], result: { ok: false, problems: [{ message }], voice: {} } };
  }
}

/** As `readAgentFile`, of a text that is not, or not any more, in the file. */
export async function readDefinition(
  name: string,
  text: string,
  dir: string,
  files: AgentFiles,
): Promise<AgentReading> {
  const read = readAgent(name, text);
  if (!read.ok) return { name, text, companions: [], result: read };
  const { names, companions, problems, ...loaded } = await readCompanions(read.agent, dir, files);
  const result = withProblems(
    { ...read, agent: { ...read.agent, ...loaded, version: versionOf(text, companions) } },
    problems,
  );
  return { name, text, companions: names, result };
}

/** What was read, refused where further checks have found problems that are more than warnings. */
export function withProblems(read: ReadAgent, found: readonly FoundProblem[]): ReadAgent {
  if (!read.ok || found.length === 0) return read;
  const faults = found.filter((each) => typeof each === "string" || each.isWarning !== true);
  if (faults.length === 0) {
    return { ...read, warnings: [...read.warnings ?? [], ...placedProblems(found, read.lineOf)] };
  }
  return { ok: false, problems: placedProblems(faults, read.lineOf), voice: voiceOf(read.agent) };
}

function voiceOf(agent: Agent): AgentVoice {
  return agentVoice.parse(agent);
}
