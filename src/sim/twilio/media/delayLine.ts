import type { SimClock } from "../simClock.ts";
import type { Random } from "../random.ts";

/** One direction of a network: messages are late, unevenly so, but never out of order. */
export interface LinkOptions {
  readonly delayMs?: number;
  /** Each message is up to this much earlier or later than the delay. */
  readonly jitterMs?: number;
  /** Now and then nothing passes for a while: on average every so often, for so long. */
  readonly stall?: { readonly everyMs: number; readonly ms: number };
  /** The share of messages that are lost and sent again: they, and all behind them, are so much later. */
  readonly resends?: { readonly percent: number; readonly ms: number };
}

/** A network link on a simulated clock. */
export type DelayLine = ReturnType<typeof createDelayLine>;

/** Creates a link; without any delay it delivers at once, inside send(). */
export function createDelayLine(
  clock: SimClock,
  random: Random,
  { delayMs = 0, jitterMs = 0, stall, resends }: LinkOptions = {},
) {
  const underWay: { readonly at: number; readonly deliver: () => void }[] = [];
  let lastAt = -Infinity;
  let stallAt = stall === undefined ? Infinity : clock.now() + stall.everyMs * (0.5 + random());
  let cancelTimer: (() => void) | undefined;
  let closed = false;

  function send(deliver: () => void): void {
    if (closed) return;
    const at = Math.max(lastAt, arrival());
    lastAt = at;
    if (at <= clock.now() && underWay.length === 0) return deliver();
    underWay.push({ at, deliver });
    if (underWay.length === 1) schedule();
  }

  function arrival(): number {
    const sentAt = clock.now();
    const lostMs = resends !== undefined && random() < resends.percent / 100 ? resends.ms : 0;
    const at = sentAt + Math.max(0, delayMs + jitterMs * (2 * random() - 1)) + lostMs;
    if (stall === undefined || sentAt < stallAt) return at;
    stallAt = sentAt + stall.ms + stall.everyMs * (0.5 + random());
    return at + stall.ms;
  }

  function schedule(): void {
    const first = underWay[0];
    cancelTimer = first === undefined ? undefined : clock.at(first.at, deliverDue);
  }

  function deliverDue(): void {
    for (let first = underWay[0]; first !== undefined; first = underWay[0]) {
      if (closed || first.at > clock.now()) break;
      underWay.shift();
      first.deliver();
    }
    if (!closed) schedule();
  }

  return {
    send,
    /** Drops what is under way and takes no more. */
    close: (): void => {
      closed = true;
      cancelTimer?.();
      underWay.length = 0;
    },
  };
}
