import { setTimer } from "../utils/clock.ts";

/**
 * Watches for a peer from which nothing comes any more. Ticks without a sign are counted, not time: after
 * a stall of this process, what the peer sent during the stall is read before the next tick.
 */
export function watchSilence({ everyMs, limit, onTick, onSilent }: {
  readonly everyMs: number;
  /** After how many ticks without a sign the peer is given up. */
  readonly limit: () => number;
  onTick(): void;
  onSilent(): void;
}) {
  let hasHeard = false;
  let silentTicks = 0;
  let cancel = setTimer(tick, everyMs);

  return {
    /** Something has come. */
    heard: (): void => void (hasHeard = true),
    close: (): void => cancel(),
  };

  function tick(): void {
    // First, so that `close` ends it from within as well.
    cancel = setTimer(tick, everyMs);
    silentTicks = hasHeard ? 0 : silentTicks + 1;
    hasHeard = false;
    if (silentTicks >= limit()) onSilent();
    else onTick();
  }
}
