import type { SimClock } from "../../sim/twilio/simClock.ts";
import type { LateMoment } from "../callEvidence.ts";
import type { CallerEnd } from "./callerEnd.ts";

const PROBE_MS = 20;
/** Any timer is late by less. */
const LEAST_MS = 8;
/** A call of ten minutes on a machine that is always late fills no memory. */
const MAX_MOMENTS = 10_000;

/** Watches during a call how late this process is, in which all of a rehearsal runs: its timers tell. */
export class LatenessMeter {
  readonly #moments: LateMoment[] = [];
  #cancel: () => void;

  constructor(clock: SimClock, end: Pick<CallerEnd, "talkMs">) {
    const probe = (): () => void => {
      const dueAt = clock.now() + PROBE_MS;
      return clock.at(dueAt, () => {
        const lateMs = clock.now() - dueAt;
        const isLate = lateMs > LEAST_MS && this.#moments.length < MAX_MOMENTS;
        if (isLate) this.#moments.push({ atMs: end.talkMs, lateMs });
        this.#cancel = probe();
      });
    };
    this.#cancel = probe();
  }

  get moments(): readonly LateMoment[] {
    return this.#moments;
  }

  close(): void {
    this.#cancel();
  }
}
