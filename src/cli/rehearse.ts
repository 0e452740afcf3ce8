import { dirname } from "node:path";
import { readEnvironment, readSettings, readVariable } from "../config/env.ts";
import type { Environment } from "../config/settingReader.ts";
import type { Settings } from "../config/settings.ts";
import { findScenarios, type FoundScenario } from "../scenarios/file/findScenarios.ts";
import { type Difference, differenceOf } from "../scenarios/report/difference.ts";
import { htmlReport } from "../scenarios/report/html/htmlReport.ts";
import { junitOf } from "../scenarios/report/junit.ts";
import { readReport } from "../scenarios/report/readReport.ts";
import {
  passRate,
  reportOf,
  type RunConditions,
  type RunReport,
  type ScenarioOutcome,
} from "../scenarios/report/runReport.ts";
import { scenarioLines, summaryLines } from "../scenarios/report/terminal.ts";
import { type AskText, createImprovise, createJudge } from "../scenarios/run/textModel.ts";
import { runAll } from "../scenarios/run/runAll.ts";
import { runScenario, type ScenarioRun } from "../scenarios/run/runScenario.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { type ChatEndpoint, createChatClient, jsonIn } from "../services/analysis.ts";
import { createFliteVoice, type FliteSpeaker } from "../sim/voice/fliteVoice.ts";
import { exitProcess, keepProcess } from "../utils/processExit.ts";
import { present } from "../utils/present.ts";
import { type RecordedScenario, recordedScenarios } from "./recordedCalls.ts";
import { readRehearseOptions, type RehearseOptions, rehearseUsage } from "./rehearseOptions.ts";
import { openServers } from "./scenarioServers.ts";
import { createSpendLimit } from "./spendLimit.ts";

const TEXT_TIMEOUT_MS = 30_000;
const SPEAKERS: readonly FliteSpeaker[] = ["slt", "rms", "awb", "kal"];

/** What a rehearsal is given besides its options. */
export interface RehearsalDeps {
  readonly environment: Environment;
  readonly print: (line: string) => void;
  readonly interrupted: AbortSignal;
}

/** Rehearses, writes the reports, and resolves with the exit code. Throws a `TypeError` for files with faults. */
export async function rehearse(
  options: RehearseOptions,
  { environment, print, interrupted }: RehearsalDeps,
): Promise<number> {
  const settings = readSettings(environment);
  const found = (await scenariosOf(options, settings, print)).map((one) =>
    onLine(one, options.line)
  );
  const baseline = options.baseline === undefined
    ? undefined
    : readReport(await Deno.readTextFile(options.baseline));
  const voices = Object.fromEntries(
    SPEAKERS.map((speaker) => [speaker, createFliteVoice({ voice: speaker })]),
  );
  await using closing = new AsyncDisposableStack();
  closing.defer(() => {
    for (const voice of Object.values(voices)) voice.close();
  });
  const servers = closing.use(
    await openServers(options, { environment, settings, voices, print, signal: interrupted }),
  );
  for (const note of servers.notes) print(note);
  const conditions: RunConditions = {
    startedAt: new Date().toISOString(),
    engine: servers.engine,
    seed: options.seed,
    ...present({ line: options.line?.name, against: servers.against }),
  };
  const ask = settings.analysis && asker(settings.analysis, interrupted);
  const judge = ask && createJudge(ask);
  const improvise = ask && createImprovise(ask);
  const from = performance.now();
  const widest = Math.max(...found.map(({ scenario }) => scenario.name.length)) +
    (options.repeat > 1 ? 8 : 0);
  const spending = createSpendLimit(options.maxUsd, servers.engine === "rehearsal");

  async function act(
    { scenario, readAudio, recorded }: FoundScenario & Partial<RecordedScenario>,
    seed: number,
  ): Promise<ScenarioRun> {
    const { maxMs, callers: { length: callers } } = scenario;
    const spent = await spending.reserve({ maxMs, callers });
    let costUsd: number | undefined = 0;
    try {
      await using server = await servers.open(scenario, seed);
      costUsd = undefined;
      const run = await runScenario(scenario, server, { voices, readAudio, judge, improvise });
      costUsd = costOf(run);
      return { ...run, ...present({ recorded }) };
    } finally {
      spent(costUsd);
    }
  }

  const outcomes = await runAll(found.map(({ scenario }) => scenario), {
    ...options,
    signal: interrupted,
    act: (scenario, seed) => {
      const one = found.find((one) => one.scenario === scenario);
      if (one === undefined) throw new Error("Cannot act out a scenario that is not known");
      return act(one, seed);
    },
    onDone(outcome) {
      const { scenarios: [scenario] } = reportOf([outcome], conditions, 0);
      if (scenario === undefined) return;
      for (const line of scenarioLines(scenario, widest)) print(line);
    },
  });
  const report = reportOf(outcomes, conditions, performance.now() - from);
  const difference = baseline && differenceOf(baseline, report);
  print("");
  for (const line of summaryLines(report, difference)) print(line);
  await writeReports(options, report, outcomes, difference, print);
  return passRate(report).failed > 0 ? 1 : 0;
}

/** What the calls of a run have cost; undefined where one of them does not say. */
function costOf({ calls }: ScenarioRun): number | undefined {
  return calls.reduce<number | undefined>((sum, { evidence: { record } }) => {
    const usd = record?.costUsd;
    return sum === undefined || usd === undefined ? undefined : sum + usd;
  }, 0);
}

async function scenariosOf(
  options: RehearseOptions,
  settings: Settings,
  print: (line: string) => void,
): Promise<readonly (FoundScenario & Partial<RecordedScenario>)[]> {
  const { paths, journals, calls } = options;
  const isDefault = paths.length + journals.length + calls.length === 0;
  const written = await findScenarios(isDefault ? [`${settings.agents.dir}/scenarios`] : paths);
  return [...written, ...await recordedScenarios(options, settings, print)];
}

/** Asks the text model that analyses calls. */
function asker(endpoint: ChatEndpoint, signal: AbortSignal): AskText {
  const ask = createChatClient(endpoint, { timeoutMs: TEXT_TIMEOUT_MS, now: Date.now });
  return async ({ system, user, schema }) => {
    const messages = [
      { role: "system", content: system },
      { role: "user", content: user },
    ] as const;
    const answer = await ask(messages, { ...schema }, signal);
    return answer.ok ? jsonIn(answer.text) : undefined;
  };
}

/** Puts a line in the place of those of a scenario. */
function onLine<Found extends FoundScenario>(found: Found, line: RehearseOptions["line"]): Found {
  if (line === undefined) return found;
  const { scenario } = found;
  const callers = scenario.callers.map((caller) => ({
    ...caller,
    line: { ...line.conditions, ...present({ noise: caller.line.noise }) },
  }));
  return { ...found, scenario: { ...scenario, callers } satisfies Scenario };
}

async function writeReports(
  { html, json, junit }: RehearseOptions,
  report: RunReport,
  outcomes: readonly ScenarioOutcome[],
  difference: Difference | undefined,
  print: (line: string) => void,
): Promise<void> {
  const files: readonly (readonly [string | undefined, () => string])[] = [
    [html, () => htmlReport(report, outcomes, difference)],
    [json, () => JSON.stringify(report, undefined, 1)],
    [junit, () => junitOf(report)],
  ];
  for (const [path, write] of files) {
    if (path === undefined) continue;
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, write());
  }
  print(`The report is in ${html}`);
}

if (import.meta.main) {
  keepProcess();
  const interrupted = new AbortController();
  Deno.addSignalListener("SIGINT", () => interrupted.abort());
  try {
    const options = readRehearseOptions(Deno.args, navigator.hardwareConcurrency);
    const print = (line: string) => console.log(line);
    if (options.help) print(rehearseUsage);
    else {
      const own = readVariable("PARLEY_KEY");
      const environment = {
        ...readEnvironment(),
        ...(own.state === "set" && { PARLEY_KEY: own.value }),
      };
      exitProcess(
        await rehearse(options, { environment, print, interrupted: interrupted.signal }),
      );
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      console.error(`There is no such file or folder: ${/'(.*)'$/.exec(error.message)?.[1]}`);
    } else console.error(error instanceof Error ? error.message : error);
    exitProcess(2);
  }
}
