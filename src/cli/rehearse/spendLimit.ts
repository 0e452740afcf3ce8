import { NotRehearsed } from "../../scenarios/run/notRehearsed.ts";
import { billedMinutes, longestCallSeconds } from "./call/callTime.ts";

/** Holds a whole rehearsal to an amount, with what is under way at the same time. */
export interface SpendLimit {
  /**
   * Sets aside what a scenario may cost, once there is room for it; the answer is told what it has cost and how long
   * its callers have talked in all, or nothing where that is not known. Rejects with `NotRehearsed` where there is no
   * room.
   */
  reserve(
    scenario: {
      readonly maxMs: number;
      readonly callers: number;
      /** What the analyses of its calls may cost, also where calls are free. */
      readonly maxAnalysesUsd?: number | undefined;
    },
  ): Promise<(spent?: { readonly usd: number; readonly talkedMs: number }) => void>;
  /** Counts what is spent beside the scenarios, such as by a judge. */
  add(usd: number): void;
  /** Whether a scenario was refused as there was no room for it. */
  readonly hasRefused: boolean;
  /** Why nothing more may be spent; undefined where more may. */
  refusal(): string | undefined;
}

/** More than a minute of a speech model costs, and of telephony with it. */
const USD_PER_MINUTE = 0.35;
/** Of a shorter call the beginning alone would stand for every minute. */
const MIN_TALKED_MS = 10_000;

/**
 * `isFree`: calls cost nothing; only `add` and analyses count. `usdPerMinute` is what a carrier takes for a call.
 * Without it a minute of a caller costs as much as the dearest so far, and `USD_PER_MINUTE` at least: a call that failed
 * at once tells nothing of others.
 */
export function createSpendLimit(
  maxUsd: number,
  isFree: boolean,
  usdPerMinute?: number,
): SpendLimit {
  let spent = 0;
  let reserved = 0;
  let hasRefused = false;
  let worst = USD_PER_MINUTE;
  let changed = Promise.withResolvers<void>();

  const refusal = () => spent < maxUsd ? undefined : `--max-usd ${maxUsd} is used up`;
  const refuse = (reason: string): never => {
    hasRefused = true;
    throw new NotRehearsed(reason);
  };

  return {
    add: (usd) => void (spent += usd),
    get hasRefused() {
      return hasRefused;
    },
    refusal,
    async reserve({ maxMs, callers, maxAnalysesUsd = 0 }) {
      let estimate: number;
      for (;;) {
        const minutes = usdPerMinute === undefined
          ? maxMs / 60_000
          : billedMinutes(1000 * longestCallSeconds(maxMs));
        estimate = maxAnalysesUsd + (isFree ? 0 : callers * minutes * (usdPerMinute ?? worst));
        const refused = isFree ? refusal() : undefined;
        if (refused !== undefined) refuse(refused);
        if (estimate === 0) break;
        if (spent + reserved + estimate <= maxUsd) break;
        if (reserved === 0) {
          const told = `$${spent.toFixed(2)} were spent, and it may cost $${estimate.toFixed(2)}`;
          refuse(`--max-usd ${maxUsd} leaves no room for it: ${told}`);
        }
        await changed.promise;
      }
      reserved += estimate;
      let isSettled = false;
      return (told) => {
        if (isSettled) return;
        isSettled = true;
        reserved = Math.max(0, reserved - estimate);
        if (reserved < 1e-9) reserved = 0;
        spent += told?.usd ?? estimate;
        if (told !== undefined && told.talkedMs > 0) {
          const perMinute = told.usd * 60_000 / Math.max(MIN_TALKED_MS, told.talkedMs);
          worst = Math.max(worst, perMinute);
        }
        changed.resolve();
        changed = Promise.withResolvers<void>();
      };
    },
  };
}
