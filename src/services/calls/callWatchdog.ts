import type { CallRegistry } from "../../call/registry.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

export interface CallWatchdogDeps extends Pick<Clock, "setTimer"> {
  readonly registry: Pick<CallRegistry, "list">;
  readonly log: Pick<Log, "warn">;
  /** Monotonic milliseconds. */
  readonly monotonic?: () => number;
}

const CHECK_MS = 15_000;
/** Longer than any call waits for a leg, at its beginning or after a loss. */
const MAX_LEGLESS_MS = 5 * 60_000;

/** Ends sessions that no leg has joined long after their own time limits: a fault of ours, such as a lost timer. */
export function openCallWatchdog({ registry, setTimer, log, ...deps }: CallWatchdogDeps) {
  const { monotonic = () => performance.now() } = deps;
  /** By call, since when it has had no leg. */
  let legless = new Map<string, number>();
  let cancel = setTimer(check, CHECK_MS);

  return { close: (): void => cancel() };

  function check(): void {
    cancel = setTimer(check, CHECK_MS);
    const at = monotonic();
    const still = new Map<string, number>();
    for (const session of registry.list()) {
      if (session.hasLeg || session.isAway) continue;
      const since = legless.get(session.id) ?? at;
      still.set(session.id, since);
      if (at - since < MAX_LEGLESS_MS) continue;
      log.warn("Call without a leg ended", { callId: session.id });
      session.input({ type: "hangUp", end: { reason: "leg_failed", detail: "watchdog" } });
    }
    legless = still;
  }
}
