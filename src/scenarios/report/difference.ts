import { type Figures, figuresOf, type Spread } from "./figures.ts";
import type { RunReport, ScenarioReport } from "./runReport.ts";

/** What has changed since another rehearsal. */
export interface Difference {
  /** Names of scenarios, and how often they passed then and now, of 1. */
  readonly worse: readonly Change[];
  readonly better: readonly Change[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Medians in milliseconds. */
  readonly figures: readonly {
    readonly name: keyof Figures;
    readonly was: Spread;
    readonly is: Spread;
  }[];
}

export interface Change {
  readonly name: string;
  readonly was: number;
  readonly is: number;
}

export function differenceOf(before: RunReport, now: RunReport): Difference {
  const was = new Map(before.scenarios.map((scenario) => [scenario.name, shareOf(scenario)]));
  const is = new Map(now.scenarios.map((scenario) => [scenario.name, shareOf(scenario)]));
  const changes = [...is].flatMap(([name, share]): readonly Change[] => {
    const old = was.get(name);
    return old === undefined || share === undefined || old === share
      ? []
      : [{ name, was: old, is: share }];
  });
  const [old, fresh] = [figuresOf(before), figuresOf(now)];
  return {
    worse: changes.filter(({ was, is }) => is < was),
    better: changes.filter(({ was, is }) => is > was),
    added: [...is.keys()].filter((name) => !was.has(name)),
    removed: [...was.keys()].filter((name) => !is.has(name)),
    figures: NAMES.flatMap((name) => {
      const [a, b] = [old[name], fresh[name]];
      return a === undefined || b === undefined ? [] : [{ name, was: a, is: b }];
    }),
  };
}

const NAMES = ["firstSound", "answers", "cuts", "silence"] as const;

/** How often it passed; undefined where it could tell nothing. */
function shareOf({ runs }: ScenarioReport): number | undefined {
  const told = runs.filter(({ state }) => state !== "skipped");
  if (told.length === 0) return undefined;
  return told.filter(({ state }) => state === "passed").length / told.length;
}
