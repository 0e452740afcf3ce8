import type { CallEvent } from "../../call/callEvent.ts";
import type { PhoneMenuRecord } from "../store.ts";

const MAX_STEPS = 200;
const MAX_HOLDS = 200;

/** The way through phone menus, and the times on hold, as a call's events tell them. */
export class PhoneMenuTally {
  /** What an earlier session has had. */
  readonly #before: PhoneMenuRecord;
  #record: PhoneMenuRecord;

  constructor(before: PhoneMenuRecord = { steps: [], holds: [] }) {
    this.#before = before;
    this.#record = before;
  }

  /** Returns the whole as it is to be stored, where the event changes it. */
  follow(event: CallEvent, atMs: number): PhoneMenuRecord | undefined {
    const { steps, holds } = this.#record;
    switch (event.type) {
      case "menu": {
        const { number, ...step } = event.step;
        const at = this.#before.steps.length + number - 1;
        this.#record = { holds, steps: [...steps.slice(0, at), step].slice(0, MAX_STEPS) };
        return this.#record;
      }
      case "hold": {
        const last = holds.at(-1);
        const isOpen = last !== undefined && last.toMs === undefined;
        if (event.on) {
          if (isOpen || holds.length >= MAX_HOLDS) return undefined;
          this.#record = { steps, holds: [...holds, { fromMs: atMs, withheldMs: 0 }] };
        } else {
          if (!isOpen) return undefined;
          // Who is there was heard before it was clear that they are no announcement.
          const toMs = last.fromMs + event.durationMs;
          const hold = { ...last, toMs, withheldMs: event.withheldMs };
          this.#record = { steps, holds: [...holds.slice(0, -1), hold] };
        }
        return this.#record;
      }
      case "ended": {
        const last = holds.at(-1);
        if (last === undefined || last.toMs !== undefined) return undefined;
        this.#record = { steps, holds: [...holds.slice(0, -1), { ...last, toMs: atMs }] };
        return this.#record;
      }
    }
    return undefined;
  }
}
