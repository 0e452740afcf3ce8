import type { Subject } from "./subject.ts";
import { startParley } from "./subject.ts";
import { ACCOUNT } from "./account.ts";
import { percentile } from "./measure.ts";

/** What one store has cost a call. */
export interface StoreFigures {
  readonly cpuMsPerCallSecond: number;
  /** Of the thread that carries the calls; a store has one of its own. */
  readonly mainMsPerCallSecond: number;
  readonly p99Ms: number;
  readonly lost: number;
}

type Start = (modelUrl: string) => Promise<Subject>;

/** The same calls with one store after another, against one that does nothing. The model says words, so that there is something to write. */
export async function compareStores(
  rounds: number,
  measure: (start: Start) => Promise<StoreFigures>,
): Promise<void> {
  const root = new URL("../../../", import.meta.url).pathname;
  await Deno.mkdir(`${root}data`, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: `${root}data`, prefix: "bench-" });
  let files = 0;
  const stores: Readonly<Record<string, Start>> = {
    "absent": (url) => startParley(url, ACCOUNT, {}, { preload: preload("absentStore") }),
    "sqlite::memory:": (url) => startParley(url, ACCOUNT),
    "sqlite:file": (url) =>
      startParley(url, ACCOUNT, { DATABASE_URL: `sqlite:${folder}/${files++}.db` }),
    "stalled": (url) => startParley(url, ACCOUNT, {}, { preload: preload("stalledStore") }),
  };
  const measured = new Map<string, StoreFigures[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, start] of Object.entries(stores)) {
      const figures = await measure(start);
      measured.set(name, [...(measured.get(name) ?? []), figures]);
    }
  }
  await Deno.remove(folder, { recursive: true });
  console.table(Object.fromEntries(
    [...measured].map(([name, figures]) => [name, row(figures, measured.get("absent") ?? [])]),
  ));
}

function row(figures: readonly StoreFigures[], absent: readonly StoreFigures[]) {
  const median = (values: readonly number[]) => Math.round(percentile(values, 0.5) * 100) / 100;
  const against = (of: (figures: StoreFigures) => number) =>
    median(figures.map((one, round) => of(one) / of(absent[round] ?? one)));
  return {
    cpuMsPerCallSecond: median(figures.map((one) => one.cpuMsPerCallSecond)),
    cpuRatio: against((one) => one.cpuMsPerCallSecond),
    callsThreadCpuRatio: against((one) => one.mainMsPerCallSecond),
    p99Ms: median(figures.map((one) => one.p99Ms)),
    p99Ratio: against((one) => one.p99Ms),
    lost: Math.max(...figures.map(({ lost }) => lost)),
  };
}

function preload(name: string): string {
  return `tests/bench/load/${name}.ts`;
}
