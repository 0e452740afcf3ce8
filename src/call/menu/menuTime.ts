import type { Milliseconds } from "../types.ts";

/** How long a call has been in phone menus. */
export class MenuTime {
  #begun = false;
  #since: Milliseconds | undefined;
  #totalMs = 0;

  /** The call is connected: from here on time counts. */
  begin(now: Milliseconds): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#since = now;
  }

  follow(isInMenu: boolean, now: Milliseconds): void {
    if (!this.#begun || isInMenu === (this.#since !== undefined)) return;
    if (this.#since !== undefined) this.#totalMs += now - this.#since;
    this.#since = isInMenu ? now : undefined;
  }

  /** When it has lasted for so long, if the call stays in a menu. */
  endsAt(maxMs: Milliseconds): Milliseconds | undefined {
    return this.#since === undefined ? undefined : this.#since + maxMs - this.#totalMs;
  }
}
