import type { Beat } from "../store.ts";

export interface AliveInstancesOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Nine beats missed, as seen from here: no clock that is set wrong makes that of a living process. */
const SILENT_MS = 90_000;
/** Enough, with what the database's clock says: two beats missed. */
const SEEN_SILENT_MS = 25_000;
/** Longer than clocks of one machine ever differ: nobody who lives is silent for so long. */
const LONG_GONE_MS = 24 * 60 * 60_000;

/**
 * Creates the function that tells which processes may still be alive. A process counts as gone when its
 * beat has stood still for long enough, measured here: a time by another clock never decides alone.
 */
export function createAliveInstances(
  { now }: AliveInstancesOptions,
): (beats: readonly Beat[]) => readonly string[] {
  let seen = new Map<string, { readonly beatAt: number; readonly since: number }>();

  return function alive(beats) {
    const at = now();
    seen = new Map(beats.map(({ instanceId, beatAt }) => {
      const known = seen.get(instanceId);
      return [instanceId, known?.beatAt === beatAt ? known : { beatAt, since: at }];
    }));
    return beats.filter(({ instanceId, ageMs }) => {
      const silentMs = at - (seen.get(instanceId)?.since ?? at);
      if (ageMs > LONG_GONE_MS) return false;
      return silentMs < (ageMs > SILENT_MS ? SEEN_SILENT_MS : SILENT_MS);
    }).map(({ instanceId }) => instanceId);
  };
}
