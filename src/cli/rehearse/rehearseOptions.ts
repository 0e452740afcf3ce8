import { parseArgs } from "node:util";
import { type Budget, budgetNames, readBudgets } from "../../scenarios/report/budgets.ts";
import { knownLines, type LineName, lineNames } from "../../scenarios/file/lineSchema.ts";
import type { LineConditions } from "../../scenarios/scenario.ts";
import { present } from "../../utils/present.ts";
import { readOrigin } from "./against/remoteRequest.ts";
import type { RecordedCallsOptions } from "./recordedCalls.ts";

/** What the command was asked for. */
export interface RehearseOptions extends RecordedCallsOptions {
  readonly help: boolean;
  /** Files and folders of scenarios; none for those beside the agents. */
  readonly paths: readonly string[];
  readonly repeat: number;
  readonly concurrency: number;
  readonly seed: number;
  /** How many times as fast as real time; 1 for real time, less than that for a machine that is slow. */
  readonly speed: number;
  /** In the place of all lines of the scenarios. */
  readonly line?: { readonly name: LineName; readonly conditions: LineConditions };
  /** The origin of a server that runs elsewhere, and is not started for each scenario. */
  readonly against?: string;
  /** A number that is called through the operator's Twilio, in the place of all servers. */
  readonly call?: string;
  /** Nobody is asked before the first call. */
  readonly isAgreed: boolean;
  /** Holds the key of that server. */
  readonly keyFile?: string;
  /** Whether the built-in engine answers though there is a key. */
  readonly isBuiltIn: boolean;
  /** No scenario begins once so much was spent. */
  readonly maxUsd: number;
  readonly html: string;
  readonly json?: string;
  readonly junit?: string;
  readonly baseline?: string;
  readonly budgets: readonly Budget[];
}

export const rehearseUsage =
  `Rehearse conversations: a simulated caller acts scenarios out, and what is heard at the caller's ear is held
against what was expected. docs/rehearse.md describes the files.

  deno task rehearse [FILES and FOLDERS] [options]

Without files, the scenarios beside the agents (AGENTS_DIR/scenarios). Each has a server of its own, with the agents
and settings of .env and a simulated Twilio; with OPENAI_API_KEY the model itself answers, which costs money, else the
built-in engine as the scenario says.

  --repeat N           act each out N times (1)
  --concurrency N      so many at a time (10 for each processor)
  --speed N            so many times as fast as real time, from 0.1 to 10, with the built-in engine alone (1)
  --seed N             of all that is random: another gives other delays and losses (1)
  --network NAME       ${lineNames.join(", ")}: in the place of the lines of the scenarios
  --built-in           the built-in engine answers, though there is a key
  --against URL        a server that runs elsewhere, in the place of one for each scenario
  --key-file FILE      its API key, else PARLEY_KEY; a server on this machine: API_KEYS of .env
  --call +1...         a real phone number, called through the Twilio account of .env; asks first
  --yes                calls without asking
  --max-usd N          begin no more once so many dollars were spent (5)
  --html FILE          the report to look at (data/rehearsal.html)
  --json FILE          the report for programs, and for --baseline
  --junit FILE         the report for build servers
  --budget NAME=N      a limit over all calls, several with commas: ${
    budgetNames.slice(0, 4).join(", ")
  } in
                       milliseconds, the worst or with _median or _p95; cost_usd; pass_rate, the least percentage of
                       its runs in which each scenario has to hold (100)
  --baseline FILE      an earlier JSON report to compare with
  --from-journal PATH  make scenarios of recorded calls: a journal, or a folder of them; may be given several times
  --newest N           of a folder of journals, the newest N calls (20)
  --from-call ID       the same of a call in the database of .env; may be given several times
  --write FOLDER       keep the scenarios that were made of calls there

Exit code: 0 where all held, 1 where an expectation or a budget failed or a scenario could not be acted out, 2 where
nothing could be rehearsed, --max-usd left no room for a scenario, this machine was too busy to tell more than a tenth
of the figures, or a report could not be written, 130 where it was interrupted.`;

const MAX_REPEAT = 1000;
const MAX_CONCURRENCY = 200;
const PER_PROCESSOR = 10;
const [MIN_SPEED, MAX_SPEED] = [0.1, 10];
const DEFAULT_NEWEST = 20;
const MAX_NEWEST = 2000;

/** Reads the arguments. Throws a `TypeError` that says what is wrong. */
export function readRehearseOptions(
  args: readonly string[],
  processors: number,
): RehearseOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      repeat: { type: "string" },
      concurrency: { type: "string" },
      seed: { type: "string" },
      speed: { type: "string" },
      network: { type: "string" },
      "built-in": { type: "boolean" },
      against: { type: "string" },
      call: { type: "string" },
      yes: { type: "boolean" },
      "key-file": { type: "string" },
      "max-usd": { type: "string" },
      html: { type: "string" },
      json: { type: "string" },
      junit: { type: "string" },
      baseline: { type: "string" },
      budget: { type: "string", multiple: true },
      "from-journal": { type: "string", multiple: true },
      "from-call": { type: "string", multiple: true },
      newest: { type: "string" },
      write: { type: "string" },
    },
  });
  const { json, junit, baseline, write } = values;
  return {
    help: values.help ?? false,
    paths: positionals,
    repeat: whole("repeat", values.repeat, 1, MAX_REPEAT) ?? 1,
    concurrency: whole("concurrency", values.concurrency, 1, MAX_CONCURRENCY) ??
      Math.min(MAX_CONCURRENCY, PER_PROCESSOR * processors),
    speed: speedOf(values.speed),
    seed: whole("seed", values.seed, 0, 2 ** 31) ?? 1,
    ...present({ line: lineOf(values.network) }),
    ...present({ against: originOf(values.against), keyFile: values["key-file"] }),
    ...present({ call: callOf(values.call, values.against) }),
    isAgreed: values.yes ?? false,
    isBuiltIn: values["built-in"] ?? false,
    maxUsd: dollars(values["max-usd"]),
    html: values.html ?? "data/rehearsal.html",
    ...present({ json, junit, baseline, write }),
    budgets: (values.budget ?? []).flatMap(readBudgets),
    journals: values["from-journal"] ?? [],
    calls: values["from-call"] ?? [],
    newest: whole("newest", values.newest, 1, MAX_NEWEST) ?? DEFAULT_NEWEST,
  };
}

function whole(
  name: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new TypeError(`--${name} must be a whole number from ${least} to ${most}, not "${text}"`);
}

function callOf(text: string | undefined, against: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (against !== undefined) throw new TypeError("--call and --against are two ways: give one");
  if (/^\+[1-9]\d{6,14}$/.test(text)) return text;
  throw new TypeError(`--call must be a number in E.164 form, such as +14155550123, not "${text}"`);
}

function originOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : readOrigin(text);
}

function speedOf(text = "1"): number {
  const value = Number(text);
  if (value >= MIN_SPEED && value <= MAX_SPEED) return value;
  throw new TypeError(`--speed must be a number from ${MIN_SPEED} to ${MAX_SPEED}, not "${text}"`);
}

function dollars(text = "5"): number {
  const value = Number(text);
  if (value > 0 && value <= 1000) return value;
  throw new TypeError(`--max-usd must be a number up to 1000, not "${text}"`);
}

function lineOf(text: string | undefined): RehearseOptions["line"] {
  if (text === undefined) return undefined;
  const name = lineNames.find((name) => name === text);
  if (name !== undefined) return { name, conditions: knownLines[name] };
  throw new TypeError(`--network must be one of ${lineNames.join(", ")}, not "${text}"`);
}
