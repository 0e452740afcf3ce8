import type { SimClock } from "../../sim/twilio/simClock.ts";
import type { LateMoment, Lateness } from "../callEvidence.ts";
import type { CallerEnd } from "./callerEnd.ts";

const PROBE_MS = 20;
/** What is shorter is no stall, but how timers are. */
const STALL_MS = 50;
/** A call of ten minutes on a machine that is always late fills no memory. */
const MAX_MOMENTS = 10_000;
const MAX_STEADY_MS = 1000;

/** Watches during a call how late this process is, in which all of a rehearsal runs: its timers tell. */
export class LatenessMeter {
  readonly #moments: LateMoment[] = [];
  /** How many probes were late by so many milliseconds. */
  readonly #counts = new Uint32Array(MAX_STEADY_MS + 1);
  #probes = 0;
  #cancel: () => void;

  constructor(clock: SimClock, end: Pick<CallerEnd, "talkMs">) {
    const probe = (): () => void => {
      const dueAt = clock.now() + PROBE_MS;
      return clock.at(dueAt, () => {
        this.#add({ atMs: end.talkMs, lateMs: Math.max(0, clock.now() - dueAt) });
        this.#cancel = probe();
      });
    };
    this.#cancel = probe();
  }

  get late(): Lateness {
    const steadyMs = this.#steadyMs();
    const stalls = this.#moments.flatMap(({ atMs, lateMs }) =>
      lateMs - steadyMs < STALL_MS ? [] : [{ atMs, lateMs: lateMs - steadyMs }]
    );
    return { steadyMs, stalls };
  }

  close(): void {
    this.#cancel();
  }

  #add(moment: LateMoment): void {
    const at = Math.min(MAX_STEADY_MS, Math.floor(moment.lateMs));
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#probes++;
    if (moment.lateMs >= STALL_MS && this.#moments.length < MAX_MOMENTS) this.#moments.push(moment);
  }

  /** Half of the probes were late by no more. */
  #steadyMs(): number {
    let seen = 0;
    return Math.max(0, this.#counts.findIndex((count) => (seen += count) * 2 >= this.#probes));
  }
}
