import type { SimClock } from "../simClock.ts";
import { AudioRoom } from "./audioRoom.ts";
import type { Leg } from "./leg.ts";
import { silentFrame } from "./mixFrames.ts";

/** Why two legs are connected no longer. */
export type BridgeEnd = "callerGone" | "calleeGone" | "star" | "timeLimit" | "talkedOut";

/** Limits of a connection between two legs. */
export interface BridgeLimits {
  /** The caller's * ends it. */
  readonly hangupOnStar: boolean;
  readonly timeLimitMs: number;
  /** How long the far end talks before it hangs up. */
  readonly talkMs: number;
}

/** Connects two legs, who hear each other, until one is gone or a limit is reached. */
export async function bridge(
  clock: SimClock,
  caller: Leg,
  callee: Leg,
  { hangupOnStar, timeLimitMs, talkMs }: BridgeLimits,
): Promise<BridgeEnd> {
  const room = new AudioRoom<Leg>(clock, (listener, said) => {
    for (const [leg, frame] of said) if (leg !== listener) return frame;
    return silentFrame();
  });
  const over = Promise.withResolvers<BridgeEnd>();
  const done = new AbortController();
  const callerGone = () => over.resolve("callerGone");
  const calleeGone = () => over.resolve("calleeGone");
  onAbort(caller.signal, callerGone, done.signal);
  onAbort(callee.signal, calleeGone, done.signal);
  const lastMs = Math.min(timeLimitMs, talkMs);
  const cancel = lastMs === Infinity ? () => {} : clock.at(
    clock.now() + lastMs,
    () => over.resolve(talkMs <= timeLimitMs ? "talkedOut" : "timeLimit"),
  );
  if (hangupOnStar) {
    untilStar(caller, done.signal).then((pressed) => pressed && over.resolve("star"));
  }
  room.add(caller);
  room.add(callee);
  const end = await over.promise;
  done.abort();
  cancel();
  room.remove(caller);
  room.remove(callee);
  return end;
}

function onAbort(signal: AbortSignal, run: () => void, until: AbortSignal): void {
  if (signal.aborted) return run();
  signal.addEventListener("abort", run, { once: true, signal: until });
}

async function untilStar(caller: Leg, done: AbortSignal): Promise<boolean> {
  try {
    while (!done.aborted) {
      if (await caller.digit(maxWaitMs, done) === "*") return true;
    }
  } catch (error) {
    if (!caller.signal.aborted && !done.aborted) throw error;
  }
  return false;
}

const maxWaitMs = 60_000;
