/** Holds a whole rehearsal to an amount, with what is under way at the same time. */
export interface SpendLimit {
  /**
   * Sets aside what a scenario may cost, once there is room for it; the answer is told what it has cost, or
   * `undefined` where that is not known. Rejects where too much was spent.
   */
  reserve(
    scenario: { readonly maxMs: number; readonly callers: number },
  ): Promise<(usd: number | undefined) => void>;
  /** Counts what is spent beside the scenarios, such as by a judge. */
  add(usd: number): void;
  /** Why nothing more may be spent; undefined where more may. */
  refusal(): string | undefined;
}

/** More than a minute of a speech model costs, and of telephony with it, until it is known. */
const USD_PER_MINUTE = 0.35;

/** `isFree` where nothing that is acted out costs anything, but for what is added. */
export function createSpendLimit(
  maxUsd: number,
  isFree: boolean,
  usdPerMinute = USD_PER_MINUTE,
): SpendLimit {
  let spent = 0;
  let reserved = 0;
  let worst: number | undefined;
  let changed = Promise.withResolvers<void>();

  const refusal = () => spent < maxUsd ? undefined : `--max-usd ${maxUsd} is used up`;

  return {
    add: (usd) => void (spent += usd),
    refusal,
    async reserve({ maxMs, callers }) {
      if (isFree) {
        const refused = refusal();
        if (refused !== undefined) throw new Error(refused);
        return () => {};
      }
      let estimate: number;
      for (;;) {
        const untold = callers * usdPerMinute * maxMs / 60_000;
        estimate = worst ?? untold;
        if (spent + reserved + estimate <= maxUsd) break;
        if (reserved === 0) {
          const told = `$${spent.toFixed(2)} were spent, and it may cost $${estimate.toFixed(2)}`;
          throw new Error(`--max-usd ${maxUsd} leaves no room for it: ${told}`);
        }
        await changed.promise;
      }
      reserved += estimate;
      let isSettled = false;
      return (usd) => {
        if (isSettled) return;
        isSettled = true;
        reserved = Math.max(0, reserved - estimate);
        if (reserved < 1e-9) reserved = 0;
        spent += usd ?? estimate;
        if (usd !== undefined) worst = Math.max(worst ?? 0, usd);
        changed.resolve();
        changed = Promise.withResolvers<void>();
      };
    },
  };
}
