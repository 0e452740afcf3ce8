import { hurryTime } from "../../../src/cli/rehearse/hurriedTime.ts";
import type { CallRun } from "../../../src/scenarios/run/runScenario.ts";

/** What was acted out, or what it failed with before there was a call to look at. */
export type Acted = { readonly calls: readonly CallRun[] } | { readonly error: unknown };

const SPEEDS = [1, 0.5, 0.25];
const AT_ONCE = 7;
/** By less, no figure of a test comes beyond its limit. */
const LATE_MS = 250;

/**
 * Acts all out, and again, on an ever slower time, what did not come out right while this machine was late: that
 * tells nothing of the server. What is still not right at last, or was not on a machine that kept up, is what it
 * came to.
 */
export async function onSlowerTime(
  acts: Readonly<Record<string, () => Promise<{ readonly calls: readonly CallRun[] }>>>,
  isRight: (calls: readonly CallRun[], name: string) => boolean,
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
      return "error" in told || !isRight(told.calls, name) && wasLate(told.calls);
    });
  }
  return all;
}

async function acted(act: () => Promise<{ readonly calls: readonly CallRun[] }>): Promise<Acted> {
  try {
    return { calls: (await act()).calls };
  } catch (error) {
    return { error };
  }
}

function wasLate(calls: readonly CallRun[]): boolean {
  return calls.some(({ evidence: { late = [] } }) =>
    late.reduce((sum, { lateMs }) => sum + lateMs, 0) > LATE_MS
  );
}

/** The calls; throws what it failed with where there are none. */
export function callsOf(acted: Acted | undefined): readonly CallRun[] {
  if (acted === undefined) throw new Error("Cannot look at calls: they were not acted out");
  if ("error" in acted) throw acted.error;
  return acted.calls;
}
