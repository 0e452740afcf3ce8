import type { CallEvent } from "../../../src/call/callEvent.ts";
import { END } from "./talker.ts";

/** A caller who has no answer by then has been forgotten. */
const FORGOTTEN_MS = 30_000;

/** What the caller of one call notices of the losses of its model's connection. */
export class CallWatch {
  readonly greeted: Promise<void>;
  losses = 0;
  bridges = 0;
  unanswered = 0;
  ended = false;
  /** From each loss before an answer was whole to the next words of the agent's. */
  readonly resumedMs: number[] = [];
  /** Of an agent that owes words. */
  readonly silencesMs: number[] = [];
  /** From the caller's last sound to the agent's first, in answers before which nothing was lost. */
  readonly usualMs: number[] = [];
  readonly #greeted = Promise.withResolvers<void>();
  readonly #results = new Set<string>();
  readonly #turns = new Set<string>();
  #awaited: { readonly resolve: () => void } | undefined;
  #askedAt: number | undefined;
  #lostAt: number | undefined;
  #silentSince: number | undefined;

  constructor() {
    this.greeted = this.#greeted.promise;
  }

  get lostResults(): number {
    return this.#results.size;
  }

  /** The caller has stopped speaking; resolves when the agent's answer has been heard. */
  async answer(now: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaited = { resolve };
    this.#silentSince = now;
    this.#askedAt = now;
    const forgotten = setTimeout(() => {
      this.unanswered++;
      resolve();
    }, FORGOTTEN_MS);
    await promise;
    clearTimeout(forgotten);
    this.#awaited = undefined;
    this.#lostAt = undefined;
    this.#silentSince = undefined;
  }

  see(event: CallEvent, now: number): void {
    switch (event.type) {
      case "modelLost":
        this.losses++;
        this.#askedAt = undefined;
        if (this.#awaited !== undefined) this.#lostAt ??= now;
        return;
      case "speaking":
        return event.who === "agent" ? this.#agent(event.on, now) : undefined;
      case "notice":
        if (event.code === "outage_bridged") this.bridges++;
        return;
      case "toolEnded": {
        const result = /result \d+/.exec(event.output)?.[0];
        if (result !== undefined) this.#results.add(result);
        return;
      }
      case "turn":
        return this.#turn(event.turn, now);
      case "ended":
        this.ended = event.end.reason !== "caller_hung_up";
        this.#greeted.resolve();
        this.#awaited?.resolve();
    }
  }

  #agent(on: boolean, now: number): void {
    if (!on) {
      if (this.#awaited !== undefined) this.#silentSince = now;
    } else if (this.#silentSince !== undefined) {
      this.silencesMs.push(now - this.#silentSince);
      if (this.#askedAt !== undefined) this.usualMs.push(now - this.#askedAt);
      this.#askedAt = undefined;
      this.#silentSince = undefined;
    }
  }

  #turn(turn: Extract<CallEvent, { type: "turn" }>["turn"], now: number): void {
    if (turn.role !== "agent") return;
    if (!this.#turns.has(turn.id)) {
      this.#turns.add(turn.id);
      if (this.#lostAt !== undefined) this.resumedMs.push(now - this.#lostAt);
      this.#lostAt = undefined;
    }
    if (!turn.final) return;
    this.#greeted.resolve();
    for (const result of this.#results) {
      if (new RegExp(`${result}\\b`).test(turn.text)) this.#results.delete(result);
    }
    if (turn.text.endsWith(END)) this.#awaited?.resolve();
  }
}
