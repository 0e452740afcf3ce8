import { readEnvironment, readSettings, readVariable } from "../config/env.ts";
import type { Environment } from "../config/settingReader.ts";
import type { Settings } from "../config/settings.ts";
import { checkBudgets, hasFailed } from "../scenarios/report/budgets.ts";
import { differenceOf } from "../scenarios/report/difference.ts";
import { readReport } from "../scenarios/report/readReport.ts";
import { passRate, reportOf, type RunConditions } from "../scenarios/report/runReport.ts";
import { timingTold } from "../scenarios/report/timingTold.ts";
import type { Screen } from "../scenarios/report/terminal/liveStatus.ts";
import { withoutEscapes } from "../scenarios/report/terminal/paint.ts";
import { summaryLines } from "../scenarios/report/terminal/summary.ts";
import { createImprovise, createJudge } from "../scenarios/run/textModel.ts";
import { runAll } from "../scenarios/run/runAll.ts";
import { runScenario, type ScenarioRun } from "../scenarios/run/runScenario.ts";
import { envFileWarning } from "../services/setup.ts";
import { loadPrices } from "../services/spending.ts";
import { createFliteVoice, type FliteSpeaker } from "../sim/voice/fliteVoice.ts";
import { exitProcess, keepProcess } from "../utils/processExit.ts";
import { readRegularFile } from "../utils/regularFile.ts";
import { present } from "../utils/present.ts";
import { type HurriedTime, hurryTime } from "./rehearse/hurriedTime.ts";
import { type ChosenScenario, chosenScenarios } from "./rehearse/chosenScenarios.ts";
import { interruptions } from "./interruptions.ts";
import { ownScreen } from "./rehearse/ownScreen.ts";
import { analysisUsdOf, type RunCost, runCost } from "./rehearse/runCost.ts";
import { RehearsalProgress } from "./rehearse/rehearsalProgress.ts";
import { checkReports, writeReports } from "./rehearse/rehearsalReports.ts";
import { createTextModel } from "./rehearse/rehearsedTextModel.ts";
import { openTranscriber } from "./rehearse/rehearsedTranscriber.ts";
import {
  readRehearseOptions,
  type RehearseOptions,
  rehearseUsage,
} from "./rehearse/rehearseOptions.ts";
import { confirms, interruptible, ownTerminal, type Terminal } from "./terminal.ts";
import { openServers } from "./rehearse/openServers.ts";
import { tellStrayErrors } from "./rehearse/strayErrors.ts";
import { createSpendLimit } from "./rehearse/spendLimit.ts";

const SPEAKERS: readonly FliteSpeaker[] = ["slt", "rms", "awb", "kal"];

/** What a rehearsal is given besides its options. */
export interface RehearsalDeps {
  readonly environment: Environment;
  readonly screen: Screen;
  readonly interrupted: AbortSignal;
  /** Who is asked before calls that cost money; absent for nobody. */
  readonly terminal?: Pick<Terminal, "ask">;
}

/** That of a thousand long calls is less. */
const MAX_REPORT_BYTES = 256 * 2 ** 20;

const PASSED = 0;
const FAILED = 1;
const UNABLE = 2;
const INTERRUPTED = 130;

/** Rehearses, writes the reports, and resolves with the exit code. Throws a `TypeError` for files with faults. */
export async function rehearse(
  options: RehearseOptions,
  { environment, screen: given, interrupted, terminal }: RehearsalDeps,
): Promise<number> {
  const screen: Screen = { ...given, write: (text) => given.write(withoutEscapes(text)) };
  const settings = readSettings(environment);
  await checkReports(options);
  using hurried = hurriedFor(options, settings);
  const print = (line: string) => screen.write(`${line}\n`);
  const found = await chosenScenarios(options, settings, print);
  const baseline = options.baseline === undefined
    ? undefined
    : readReport(await readRegularFile(options.baseline, MAX_REPORT_BYTES));
  const voices = Object.fromEntries(
    SPEAKERS.map((speaker) => [speaker, createFliteVoice({ voice: speaker })]),
  );
  await using closing = new AsyncDisposableStack();
  const progress = new RehearsalProgress(
    screen,
    options.repeat,
    found.length * options.repeat,
    hurried?.realNow,
  );
  closing.defer(() => {
    progress.close();
    for (const voice of Object.values(voices)) voice.close();
  });
  closing.use(tellStrayErrors(progress.print));
  const asking = interruptible(
    terminal ?? { ask: () => Promise.resolve(undefined) },
    interrupted,
  );
  const servers = closing.use(
    await openServers(options, {
      environment,
      settings,
      voices,
      print: progress.print,
      signal: interrupted,
      confirm: (question) => confirms(asking, question, options.isAgreed),
    }),
  );
  for (const note of servers.notes) print(note);
  const conditions: RunConditions = {
    startedAt: new Date().toISOString(),
    engine: servers.engine,
    seed: options.seed,
    ...present({ line: options.line?.name, against: servers.against }),
  };
  const spending = createSpendLimit(
    options.maxUsd,
    servers.engine === "rehearsal",
    servers.usdPerMinute,
  );
  const paid = { prices: await loadPrices(settings.records), spending, signal: interrupted };
  const ask = settings.analysis && createTextModel(settings.analysis, paid);
  const judge = ask && createJudge(ask);
  const improvise = ask && createImprovise(ask);
  const transcriber = servers.against === undefined || options.isBuiltIn
    ? undefined
    : openTranscriber(settings, paid);
  if (transcriber !== undefined) print(transcriber.note);

  async function act(
    { scenario, readAudio, recorded }: ChosenScenario,
    seed: number,
  ): Promise<ScenarioRun> {
    const { maxMs, callers: { length: callers } } = scenario;
    const maxAnalysesUsd = servers.maxAnalysesUsd?.(scenario);
    const spent = await spending.reserve({ maxMs, callers, maxAnalysesUsd });
    let cost: RunCost | undefined = { usd: 0, talkedMs: 0 };
    try {
      await using server = await servers.open(scenario, seed, spending.add);
      cost = undefined;
      const run = await runScenario(scenario, server, {
        ...{ voices, readAudio, judge, improvise, transcribe: transcriber?.transcribe },
        signal: interrupted,
      }).catch(async (error) => {
        cost = await server.cost?.();
        throw error;
      });
      cost = servers.engine === "rehearsal"
        ? { usd: analysisUsdOf(run), talkedMs: 0 }
        : await server.cost?.() ?? runCost(run);
      return { ...run, ...present({ recorded }) };
    } finally {
      spent(cost);
    }
  }

  await runAll(found, {
    ...options,
    signal: interrupted,
    act,
    onStart: progress.started,
    onDone: progress.finished,
  });
  const { runs, sounds, tookMs, notRun, hasBegun } = progress.end();
  if (!hasBegun) {
    print("Nothing was rehearsed, and no report is written: it was interrupted.");
    return INTERRUPTED;
  }
  const report = reportOf(runs, conditions, { tookMs, notRun });
  const budgets = checkBudgets(report, options.budgets);
  const difference = baseline && differenceOf(baseline, report);
  print("");
  for (const line of summaryLines(report, { budgets, difference, paint: screen.paint })) {
    print(line);
  }
  const whole = { report, budgets, baseline, difference, sounds };
  const notWritten = await writeReports(options, whole);
  for (const problem of notWritten) print(problem);
  if (!notWritten.some((problem) => problem.startsWith("--html "))) {
    print(`The report is in ${options.html}`);
  }
  if (interrupted.aborted) return INTERRUPTED;
  if (hasFailed(report, budgets)) return FAILED;
  if (timingTold(report).isTooFew || spending.hasRefused) return UNABLE;
  return passRate(report).passed === 0 || notWritten.length > 0 ? UNABLE : PASSED;
}

/** Undefined where all is in real time. Throws a `TypeError` for those who cannot be hurried. */
function hurriedFor(
  { speed, against, call, isBuiltIn }: RehearseOptions,
  { openai: { apiKey } }: Settings,
): HurriedTime | undefined {
  if (speed === 1) return undefined;
  const isElsewhere = against !== undefined || call !== undefined;
  if (isElsewhere || apiKey !== undefined && !isBuiltIn) {
    throw new TypeError(
      "--speed needs the built-in engine in this process: --built-in, no --against, no --call",
    );
  }
  return hurryTime(speed);
}

function complain(text: string): void {
  console.error(withoutEscapes(text));
}

if (import.meta.main) {
  keepProcess();
  // The first interruption ends the calls and tells what was done, the second ends the process.
  const interrupted = interruptions(() => exitProcess(INTERRUPTED));
  try {
    const options = readRehearseOptions(Deno.args, navigator.hardwareConcurrency);
    const screen = ownScreen();
    if (options.help) screen.write(`${rehearseUsage}\n`);
    else {
      const warning = await envFileWarning();
      if (warning !== undefined) complain(warning);
      const own = readVariable("PARLEY_KEY");
      const environment = {
        ...readEnvironment(),
        ...(own.state === "set" && { PARLEY_KEY: own.value }),
      };
      exitProcess(
        await rehearse(options, { environment, screen, interrupted, terminal: ownTerminal() }),
      );
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      const [, path] = /'(.*)'$/.exec(error.message) ?? [];
      complain(path === undefined ? error.message : `There is no such file or folder: ${path}`);
    } else complain(error instanceof Error ? error.message : String(error));
    exitProcess(interrupted.aborted ? INTERRUPTED : UNABLE);
  }
}
