import type { Clock } from "../../utils/clock.ts";
import type { Beat } from "../store.ts";

/** Nine beats missed, measured by this process alone: a wrong clock cannot feign that. */
const SILENT_MS = 90_000;
/** Two beats missed: enough where the database's clock agrees. */
const SEEN_SILENT_MS = 25_000;
/** A process that has not looked for so long, such as while the database was away, cannot tell which were silent. */
const LONGEST_GAP_MS = 20_000;
/** More than clocks of one machine ever differ by: by the database's clock alone the process is gone. */
const LONG_GONE_MS = 24 * 60 * 60_000;

/**
 * Creates the function that selects the ids of processes that may still be alive. A process is gone when
 * its beat has not changed for long enough, measured here: a time by another clock does not decide alone.
 * `now` is monotonic.
 */
export function createAliveInstances(
  { now }: Pick<Clock, "now">,
): (beats: readonly Omit<Beat, "answers">[]) => readonly string[] {
  let seen = new Map<string, { readonly beatAt: number; readonly since: number }>();
  let lookedAt = -Infinity;

  return function alive(beats) {
    const at = now();
    if (at - lookedAt > LONGEST_GAP_MS) seen = new Map();
    lookedAt = at;
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
