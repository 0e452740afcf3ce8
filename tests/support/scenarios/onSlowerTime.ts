import { hurryTime } from "../../../src/cli/rehearse/hurriedTime.ts";
import type { CallRun } from "../../../src/scenarios/run/runScenario.ts";

/** What was acted out, or what it failed with before there was a call to look at. */
export type Acted = { readonly calls: readonly CallRun[] } | { readonly error: unknown };

const SPEEDS = [1, 0.5, 0.25];
const AT_ONCE = 7;

/** What is wrong with what came of it: failures that were not to be, and those that did not come. */
export interface Wrong {
  readonly unexpected: readonly string[];
  readonly missing: readonly (string | RegExp)[];
}

/**
 * Acts all out, and again, on an ever slower time, where what is missing could not be told as this machine was too
 * busy at that very place: that tells nothing of the server. Each is printed. All else is what it came to, errors and
 * failures that were not to be among it.
 */
export async function onSlowerTime(
  acts: Readonly<Record<string, () => Promise<{ readonly calls: readonly CallRun[] }>>>,
  wrongOf: (calls: readonly CallRun[], name: string) => Wrong,
): Promise<ReadonlyMap<string, Acted>> {
  const all = new Map<string, Acted>();
  let names = Object.keys(acts);
  for (const speed of SPEEDS) {
    using _slower = hurryTime(speed);
    const left = names.values();
    const actLeft = async () => {
      for (const name of left) all.set(name, await acted(acts[name]!));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, actLeft));
    names = names.filter((name) => {
      const told = all.get(name)!;
      const untold = "error" in told ? [] : untoldIn(told.calls, wrongOf(told.calls, name));
      for (const found of untold) console.log(`${name}, at ${speed} times real time: ${found}`);
      return untold.length > 0;
    });
  }
  return all;
}

/** What this machine was too busy to tell, where nothing else is wrong. */
export function untoldIn(
  calls: readonly Pick<CallRun, "verdicts">[],
  { unexpected, missing }: Wrong,
): readonly string[] {
  if (unexpected.length > 0 || missing.length === 0) return [];
  return calls.flatMap(({ verdicts }) =>
    verdicts.filter(({ timing }) => timing === "untold")
      .map(({ expected, found }) => `${expected}: ${found}`)
  );
}

async function acted(act: () => Promise<{ readonly calls: readonly CallRun[] }>): Promise<Acted> {
  try {
    return { calls: (await act()).calls };
  } catch (error) {
    return { error };
  }
}

/** The calls; throws what it failed with where there are none. */
export function callsOf(acted: Acted | undefined): readonly CallRun[] {
  if (acted === undefined) throw new Error("Cannot look at calls: they were not acted out");
  if ("error" in acted) throw acted.error;
  return acted.calls;
}
