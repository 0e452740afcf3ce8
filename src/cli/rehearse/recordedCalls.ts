import { basename, join } from "node:path";
import { type Agent, readAgent } from "../../config/agents.ts";
import { describeProblem } from "../../config/agentProblem.ts";
import type { Settings } from "../../config/settings.ts";
import type { RecordedCall } from "../../scenarios/callEvidence.ts";
import type { FoundScenario } from "../../scenarios/file/findScenarios.ts";
import { readScenario } from "../../scenarios/file/readScenario.ts";
import { guessDictation } from "../../scenarios/recorded/guessDictation.ts";
import { recordOfJournal } from "../../scenarios/recorded/recordOfJournal.ts";
import { NO_TEXTS, scenarioOfCall } from "../../scenarios/recorded/scenarioOfCall.ts";
import { readRecord } from "../../scenarios/run/record/readRecord.ts";
import { readJournal } from "../../services/calls.ts";
import { openDatabase, viewDetail } from "../../services/records.ts";
import { readRegularFile } from "../../utils/regularFile.ts";
import { requireSameVersion } from "./sameVersion.ts";

/** Which recorded calls are asked for. */
export interface RecordedCallsOptions {
  /** Files of journals, and folders of them. */
  readonly journals: readonly string[];
  /** Ids of calls whose records are in the database. */
  readonly calls: readonly string[];
  /** Of each folder, so many. */
  readonly newest: number;
  /** Where the scenarios are kept that are made. */
  readonly write?: string;
  /** A server that runs elsewhere, whose own tools answer. */
  readonly against?: unknown;
}

/** A scenario that was made of a recorded call, beside the call. */
export interface RecordedScenario extends FoundScenario {
  readonly recorded: RecordedCall;
}

const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Makes scenarios of recorded calls, for the agents as they are now. What cannot be acted out again is told; in a
 * folder, a call of which none can be made is left out and told. Throws a `TypeError` where none is left, or for a
 * file that cannot be used.
 */
export async function recordedScenarios(
  { journals, calls, newest, write, against }: RecordedCallsOptions,
  { agents: { dir }, database }: Pick<Settings, "agents" | "database">,
  print: (line: string) => void,
): Promise<readonly RecordedScenario[]> {
  const made = new Map<string, RecordedScenario>();
  const add = async (recorded: RecordedCall) => {
    const agent = await agentOf(recorded, dir);
    const answersTools = against === undefined;
    const { text, notes } = scenarioOfCall(recorded, agent, { answersTools });
    for (const note of notes) print(`${recorded.id}: ${note}`);
    made.set(recorded.id, await scenarioOf(recorded, text, write, print));
  };
  for (const path of journals) {
    const { isDirectory } = await Deno.stat(path);
    const files = isDirectory ? await newestIn(path, newest, print) : [path];
    for (const file of files) {
      try {
        await add(await recordIn(file));
      } catch (error) {
        if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
        const problem = `${file}: no scenario can be made of it: ${error.message}`;
        if (!isDirectory) throw new TypeError(withRemedy(problem));
        print(withRemedy(problem));
      }
    }
  }
  for (const recorded of await recordsOf(calls, database)) {
    try {
      await add(recorded);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new TypeError(`${recorded.id}: no scenario can be made of it: ${error.message}`);
    }
  }
  if (made.size === 0 && journals.length + calls.length > 0) {
    throw new TypeError("No scenario could be made of a recorded call");
  }
  return [...made.values()];
}

async function scenarioOf(
  recorded: RecordedCall,
  text: string,
  write: string | undefined,
  print: (line: string) => void,
): Promise<RecordedScenario> {
  const readAudio = () => new Uint8Array();
  const read = readScenario(recorded.id, text, readAudio);
  if (!read.ok) {
    throw new TypeError(
      read.problems.map((problem) => describeProblem("the scenario", problem)).join("\n"),
    );
  }
  if (write !== undefined) print(await keep(join(write, `${recorded.id}.yaml`), text));
  return { scenario: read.scenario, readAudio, recorded };
}

/** A file that is there may have been edited. */
async function keep(path: string, text: string): Promise<string> {
  await Deno.mkdir(join(path, ".."), { recursive: true });
  try {
    await Deno.writeTextFile(path, text, { createNew: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return `${path} is there already, and stays as it is`;
  }
  return `${path} has what was said in the call: treat it as you treat its record`;
}

async function newestIn(
  folder: string,
  count: number,
  print: (line: string) => void,
): Promise<readonly string[]> {
  const files: { readonly path: string; readonly at: number }[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || !name.endsWith(".jsonl")) continue;
    const path = join(folder, name);
    files.push({ path, at: (await Deno.stat(path)).mtime?.getTime() ?? 0 });
  }
  if (files.length === 0) {
    throw new TypeError(`${folder}: holds no journal: no file that ends with .jsonl`);
  }
  if (files.length > count) {
    print(
      `${folder}: the newest ${count} of ${files.length} calls (--newest takes another number)`,
    );
  }
  return files.toSorted((a, b) => b.at - a.at).slice(0, count).map(({ path }) => path);
}

async function recordIn(file: string): Promise<RecordedCall> {
  const id = basename(file).replace(/\.[^.]*$/, "");
  return recordOfJournal(id, readJournal(await readRegularFile(file, MAX_BYTES)));
}

async function recordsOf(
  ids: readonly string[],
  settings: Settings["database"],
): Promise<readonly RecordedCall[]> {
  if (ids.length === 0) return [];
  await requireSameVersion(settings, { by: "--from-call", mayBeAbsent: false });
  await using database = openDatabase(settings);
  const { calls } = await database.store;
  const records: RecordedCall[] = [];
  for (const id of ids) {
    const call = await calls.get(id);
    if (call === undefined) throw new TypeError(`The database of DATABASE_URL has no call ${id}`);
    const content = await calls.content(id);
    const turns = content.turns.filter(({ aside }) => aside !== true);
    const record = readRecord(viewDetail(call, { ...content, turns }));
    if (record !== undefined) records.push(guessDictation(record));
  }
  return records;
}

/** As its file is now; undefined where it has none that can be used, which the rehearsal tells. */
async function agentOf({ agent }: RecordedCall, dir: string): Promise<Agent | undefined> {
  if (agent === undefined) return undefined;
  try {
    const read = readAgent(agent, await Deno.readTextFile(join(dir, `${agent}.md`)));
    return read.ok ? read.agent : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function withRemedy(problem: string): string {
  return problem.endsWith(NO_TEXTS)
    ? `${problem}. Journals have texts with JOURNAL_TEXTS=true, but for agents with redaction; ` +
      "--from-call with the call's id takes them from its record in the database"
    : problem;
}
