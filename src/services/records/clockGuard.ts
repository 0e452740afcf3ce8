import type { Incidents } from "../../utils/incidents.ts";
import type { KeyValues } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";

/** `now` is in milliseconds since 1970. */
export interface ClockGuardDeps extends Pick<Clock, "now"> {
  readonly keyValues: Pick<KeyValues, "get" | "set">;
  /** When the newest call began; absent where there is none. */
  readonly newestCall: () => Promise<number | undefined>;
  /** How long calls are kept; absent means for ever. */
  readonly days: number | undefined;
  readonly monotonic: () => number;
  readonly incidents: Pick<Incidents, "report" | "resolve">;
}

const DAY_MS = 24 * 60 * 60_000;
const KEY = "clock_seen";
/** A jump of less may be a machine that slept. */
const MAX_JUMP_MS = DAY_MS;
/** After a longer stop, absence and a wrong clock look the same. */
const MAX_ABSENCE_MS = 7 * DAY_MS;
/** A clock that went on evenly for so long after a jump is taken to be right. */
const STEADY_MS = DAY_MS;

interface Moment {
  readonly wall: number;
  readonly mono: number;
}

/**
 * Creates the function that decides whether the clock may be trusted to erase by age. One that is ahead of
 * the monotonic clock, of the time an earlier process saved or else of the newest call must run evenly
 * for a day first. A clock that is behind erases less, and is never in doubt.
 */
export function createClockGuard(deps: ClockGuardDeps): () => Promise<boolean> {
  const { keyValues, newestCall, days, now, monotonic, incidents } = deps;
  let trusted: Moment | undefined;
  let doubted: Moment | undefined;

  return async function isPlausible() {
    const at: Moment = { wall: now(), mono: monotonic() };
    const aheadMs = await aheadBy(at);
    if (aheadMs > 0 && !isSteady(at)) {
      incidents.report({
        code: "clock_jumped",
        message: `The clock went ahead by about ${
          Math.round(aheadMs / DAY_MS)
        } days: nothing is erased by age until it is set right, or has gone on evenly for a day.`,
        expiresAfterMs: Infinity,
      });
      return false;
    }
    trusted = at;
    doubted = undefined;
    incidents.resolve("clock_jumped");
    await keyValues.set(KEY, String(Math.round(at.wall)));
    return true;
  };

  /** How far the clock is ahead; 0 where that is plausible. */
  async function aheadBy({ wall, mono }: Moment): Promise<number> {
    if (trusted !== undefined) {
      const jumpMs = wall - trusted.wall - (mono - trusted.mono);
      return jumpMs > MAX_JUMP_MS ? jumpMs : 0;
    }
    const seen = Number(await keyValues.get(KEY) ?? NaN);
    if (Number.isFinite(seen)) return wall - seen > MAX_ABSENCE_MS ? wall - seen : 0;
    const newest = days === undefined ? undefined : await newestCall();
    if (days === undefined || newest === undefined) return 0;
    return wall - newest > 2 * days * DAY_MS ? wall - newest : 0;
  }

  function isSteady(at: Moment): boolean {
    const since = doubted;
    const elapsedMs = at.mono - (since?.mono ?? at.mono);
    const jumpMs = since === undefined ? 0 : at.wall - since.wall - elapsedMs;
    if (since === undefined || Math.abs(jumpMs) > MAX_JUMP_MS) {
      doubted = at;
      return false;
    }
    return elapsedMs >= STEADY_MS;
  }
}
