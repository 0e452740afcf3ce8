/// <reference lib="deno.worker" />
/**
 * A thread with simulated calls and their model, which talk without a pause and see when each frame comes:
 * what else the soak does must not change when they look. The model of one name is hostile.
 */
import { ACCOUNT } from "../../bench/load/account.ts";
import { type Caller, placeCall } from "../../bench/load/caller.ts";
import { FRAME_MS, type Stamp } from "../../bench/load/frames.ts";
import { Direction } from "../../bench/load/measure.ts";
import { startTalkingModel, type TalkingModel } from "../../bench/load/talkingModel.ts";
import { createHostileModel } from "./hostileModel.ts";
import { Junk } from "./junk.ts";

export type LiveRequest =
  | { readonly type: "open"; readonly seed: number }
  | { readonly type: "call"; readonly origin: string; readonly calls: number }
  /** What came since the last time. */
  | { readonly type: "measure" }
  | { readonly type: "end" };

export interface LiveMeasure {
  /** Frames that took longer than callers notice. */
  readonly late: number;
  /** Times at which a caller had nothing left to hear although more was said. */
  readonly underruns: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  /** How late this thread itself was at worst: no frame is seen earlier. */
  readonly meterLateMs: number;
  readonly frames: number;
  readonly outOfOrder: number;
  /** Calls that both ends have heard something of. */
  readonly talking: number;
  /** Events that the hostile model has sent in all. */
  readonly hostileEvents: number;
}

export const HOSTILE_MODEL = "hostile";
/** Half of what Twilio and the talking model keep ahead of the caller's ear. */
export const LATE_MS = 200;

/** Delays by the millisecond: to sort them all would keep the frames that come then from being seen. */
class Delays {
  #frames = new Uint32Array(10_000);
  count = 0;

  add(ms: number): void {
    const at = Math.min(Math.max(0, Math.floor(ms)), this.#frames.length - 1);
    this.#frames[at] = (this.#frames[at] ?? 0) + 1;
    this.count++;
  }

  /** How many took at least so long. */
  from(ms: number): number {
    return this.#frames.subarray(ms).reduce((sum, frames) => sum + frames, 0);
  }

  /** The delay that this share of the frames did not exceed. */
  percentile(share: number): number {
    let left = this.count * share;
    return this.#frames.findIndex((frames) => (left -= frames) <= 0);
  }

  get longest(): number {
    return this.#frames.findLastIndex((frames) => frames > 0);
  }
}

/** A direction that also knows which calls it heard, and when a listener ran out of sound. */
class Listener extends Direction {
  readonly calls = new Set<string>();
  underruns = 0;
  readonly #playedUntil = new Map<string, number>();

  protected override frame(call: string, stamp: Stamp): void {
    super.frame(call, stamp);
    delays.add(this.delaysMs.pop() ?? NaN);
    this.calls.add(call);
    const now = performance.now();
    const until = this.#playedUntil.get(call) ?? now;
    if (until < now) this.underruns++;
    this.#playedUntil.set(call, Math.max(until, now) + FRAME_MS);
  }
}

let delays = new Delays();
const heard = new Listener();
const said = new Listener();
let callers: readonly Caller[] = [];
let model: TalkingModel | undefined;
let ticking: ReturnType<typeof setInterval> | undefined;
let hostileEvents = 0;
let ticks = 0;
let startedAt = 0;
let tickedAt = 0;
let meterLateMs = 0;

self.addEventListener("message", async ({ data }: MessageEvent<LiveRequest>) => {
  self.postMessage(await answer(data));
});

async function answer(request: LiveRequest): Promise<unknown> {
  switch (request.type) {
    case "open": {
      const hostile = createHostileModel(new Junk(request.seed), () => hostileEvents++);
      model = startTalkingModel({
        heard,
        serveOther(name, socket) {
          if (name !== HOSTILE_MODEL) return false;
          hostile(socket);
          return true;
        },
      });
      return model.url;
    }
    case "call": {
      const indexes = Array.from({ length: request.calls }, (_, index) => index + 1);
      callers = await Promise.all(
        indexes.map((index) => placeCall(request.origin, ACCOUNT, index, said)),
      );
      startedAt = tickedAt = performance.now();
      ticking = setInterval(tick, FRAME_MS / 2);
      return callers.length;
    }
    case "measure":
      return measure();
    case "end":
      clearInterval(ticking);
      await Promise.all(callers.map((caller) => caller.hangUp()));
      await model?.close();
      return undefined;
  }
}

/** A timer that fires late is made up for, as the clock of a phone line would. */
function tick(): void {
  const now = performance.now();
  meterLateMs = Math.max(meterLateMs, now - tickedAt - FRAME_MS / 2);
  tickedAt = now;
  const due = Math.floor((now - startedAt) / FRAME_MS);
  for (; ticks < due; ticks++) {
    model?.speak();
    for (const caller of callers) caller.speak();
  }
}

function measure(): LiveMeasure {
  const figures = {
    late: delays.from(LATE_MS),
    underruns: said.underruns,
    p99Ms: delays.percentile(0.99),
    longestMs: delays.longest,
    meterLateMs,
    frames: delays.count,
    outOfOrder: heard.outOfOrder + said.outOfOrder,
    talking: Math.min(heard.calls.size, said.calls.size),
    hostileEvents,
  };
  delays = new Delays();
  meterLateMs = 0;
  said.underruns = 0;
  heard.calls.clear();
  said.calls.clear();
  return figures;
}
