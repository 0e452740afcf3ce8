import { type Figures, figuresOf, type Spread } from "./figures.ts";
import { failuresOf, type RunReport, type ScenarioReport } from "./runReport.ts";

/** What has changed since another rehearsal. */
export interface Difference {
  /** When the other was, ISO 8601. */
  readonly since: string;
  /** What the other was made with, where that explains differences: its engine, its line. */
  readonly otherwise: readonly string[];
  readonly worse: readonly Change[];
  readonly better: readonly Change[];
  /** Names of scenarios. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Those that are not the same, over the scenarios that both have. */
  readonly figures: readonly FigureChange[];
}

/** A scenario that passes more or less often than it did: shares of 1. */
export interface Change {
  readonly name: string;
  readonly was: number;
  readonly is: number;
  /** What fails now and did not then. */
  readonly newFaults: readonly string[];
}

/** In milliseconds. */
export interface FigureChange {
  readonly name: keyof Figures;
  readonly was: Spread;
  readonly is: Spread;
}

export function differenceOf(before: RunReport, now: RunReport): Difference {
  const was = new Map(before.scenarios.map((scenario) => [scenario.name, scenario]));
  const is = new Map(now.scenarios.map((scenario) => [scenario.name, scenario]));
  const changes = now.scenarios.flatMap((scenario) => changeOf(was.get(scenario.name), scenario));
  return {
    since: before.startedAt,
    otherwise: otherwise(before, now),
    worse: changes.filter(({ was, is }) => is < was),
    better: changes.filter(({ was, is }) => is > was),
    added: [...is.keys()].filter((name) => !was.has(name)),
    removed: [...was.keys()].filter((name) => !is.has(name)),
    figures: figureChanges(
      { scenarios: before.scenarios.filter(({ name }) => is.has(name)) },
      { scenarios: now.scenarios.filter(({ name }) => was.has(name)) },
    ),
  };
}

/** Whether the two came to the same, as far as is told. */
export function isSame({ worse, better, added, removed, figures }: Difference): boolean {
  return [worse, better, added, removed, figures].every((changes) => changes.length === 0);
}

function figureChanges(
  before: Pick<RunReport, "scenarios">,
  now: Pick<RunReport, "scenarios">,
): readonly FigureChange[] {
  const [old, fresh] = [figuresOf(before), figuresOf(now)];
  return NAMES.flatMap((name) => {
    const [was, is] = [old[name], fresh[name]];
    if (was === undefined || is === undefined) return [];
    const isMoved = Math.abs(was.median - is.median) >= LEAST_MS ||
      Math.abs(was.worst - is.worst) >= LEAST_MS;
    return isMoved ? [{ name, was, is }] : [];
  });
}

/** What reports show in hundredths of a second is the same below. */
const LEAST_MS = 10;
const NAMES = ["firstSound", "answers", "cuts", "deadAir"] as const;

function changeOf(
  before: ScenarioReport | undefined,
  now: ScenarioReport,
): readonly Change[] {
  if (before === undefined) return [];
  const [was, is] = [shareOf(before), shareOf(now)];
  if (was === undefined || is === undefined || was === is) return [];
  const known = faultsOf(before);
  const newFaults = [...faultsOf(now)].filter((fault) => !known.has(fault));
  return [{ name: now.name, was, is, newFaults }];
}

function faultsOf({ runs }: ScenarioReport): ReadonlySet<string> {
  return new Set(
    runs.filter(({ state }) => state === "failed").flatMap((run) => [
      ...(run.error === undefined ? [] : [run.error]),
      ...failuresOf(run).map(({ expected }) => expected),
    ]),
  );
}

/** How often it passed; undefined where it could tell nothing. */
function shareOf({ runs }: ScenarioReport): number | undefined {
  const told = runs.filter(({ state }) => state !== "skipped");
  if (told.length === 0) return undefined;
  return told.filter(({ state }) => state === "passed").length / told.length;
}

function otherwise(before: RunReport, now: RunReport): readonly string[] {
  return [
    ...(before.engine === now.engine ? [] : [`engine ${before.engine}`]),
    ...(before.line === now.line ? [] : [`line ${before.line ?? "of each scenario"}`]),
    ...(before.against === now.against ? [] : [`at ${before.against ?? "a server of its own"}`]),
  ];
}
