import type { Settings } from "../../config/settings.ts";
import type { Clock } from "../../utils/clock.ts";
import { deadline } from "../../utils/deadline.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";
import type { Budget, BudgetAccount } from "../store.ts";

export interface TransferDialsDeps extends Clock {
  readonly budget: Pick<Budget, "reserve" | "used">;
  readonly limits: Pick<Settings["limits"], "transferDials" | "transferDialsPerMinute">;
  readonly newId: () => string;
  readonly log: Pick<Log, "warn">;
}

/** No caller waits longer for the store. */
const PATIENCE_MS = 1500;
const HOLD_MS = 60_000;
/** Calls whose people this process counts while the store does not answer. */
const MAX_KNOWN = 10_000;

/** How many people may be called by transfers: in one call, and by the whole server in a minute. */
export type TransferDials = ReturnType<typeof createTransferDials>;

export function createTransferDials(
  { budget, limits, newId, now, setTimer, log }: TransferDialsDeps,
) {
  const { transferDials: perCall = Infinity, transferDialsPerMinute: perMinute } = limits;
  const known = new Map<string, number>();

  return {
    /** Counts calls to so many people; resolves with how many of them may be called. Never rejects. */
    async take(callId: string, wanted: number): Promise<number> {
      const had = known.get(callId) ?? 0;
      const most = Math.max(0, Math.min(wanted, perCall - had));
      const taken = await deadline(takeEach(callId, most), PATIENCE_MS, setTimer)
        .catch((error) => {
          log.warn("Calls to people not counted in the store", { callId, error });
          return most;
        });
      note(callId, had + taken);
      if (taken < wanted) log.warn("Calls to people refused by a limit", { callId });
      return taken;
    },
    /** Whether nobody may be called for this call now. Never rejects. */
    async isUsedUp(callId: string): Promise<boolean> {
      if ((known.get(callId) ?? 0) >= perCall) return true;
      const looking = Promise.all(
        accountsOf(callId).map(async ({ limits, ...account }) => {
          const { callsToday, callsLastMinute } = await budget.used(account, now());
          return callsToday >= (limits.dailyCalls ?? Infinity) ||
            callsLastMinute >= (limits.perMinute ?? Infinity);
        }),
      );
      const found = deadline(looking, PATIENCE_MS, setTimer).then((each) => each.includes(true));
      return await found.catch(() => false);
    },
  };

  async function takeEach(callId: string, most: number): Promise<number> {
    const accounts = accountsOf(callId);
    if (accounts.length === 0) return most;
    for (let taken = 0; taken < most; taken++) {
      const place = { callId: newId(), accounts, minutes: 0, usd: 0, holdMs: HOLD_MS };
      if (!(await budget.reserve(place, now())).ok) return taken;
    }
    return most;
  }

  function accountsOf(callId: string): readonly BudgetAccount[] {
    const accounts: readonly BudgetAccount[] = [
      {
        scope: "transfers_of_call",
        subject: callId,
        limits: perCall === Infinity ? {} : { dailyCalls: perCall },
      },
      { scope: "transfers", subject: "", limits: present({ perMinute }) },
    ];
    return accounts.filter(({ limits }) => Object.keys(limits).length > 0);
  }

  function note(callId: string, people: number): void {
    known.delete(callId);
    known.set(callId, people);
    const [oldest] = known.keys();
    if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
  }
}
