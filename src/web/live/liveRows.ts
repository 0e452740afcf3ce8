/// <reference lib="dom" />
import type { CallEvent, CallSummary } from "../apiTypes.ts";
import { createLiveRow, type LiveRow } from "./liveRow.ts";

/** The rows of the live calls in a list element, the oldest first. */
export class LiveRows {
  readonly #list: HTMLElement;
  readonly #rows = new Map<string, LiveRow>();
  /** Added by an event; the server may not list them yet. */
  readonly #unlisted = new Set<string>();
  /** Removed by an event; the server may still list them. */
  readonly #ended = new Set<string>();
  #titles: ReadonlyMap<string, string> = new Map();

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Removes all rows; `titles` maps agent names to what people read. */
  reset(titles: ReadonlyMap<string, string>): void {
    this.#titles = titles;
    this.#list.replaceChildren();
    for (const known of [this.#rows, this.#unlisted, this.#ended]) known.clear();
  }

  /** Applies the list that the server has just returned. */
  replace(calls: readonly CallSummary[]): void {
    const listed = new Set(calls.map(({ id }) => id));
    for (const id of [...this.#rows.keys()]) {
      if (!listed.has(id) && !this.#unlisted.has(id)) this.#remove(id);
    }
    for (const id of this.#ended) if (!listed.has(id)) this.#ended.delete(id);
    for (const call of calls) {
      this.#unlisted.delete(call.id);
      if (!this.#ended.has(call.id)) this.#show(call);
    }
  }

  /** Applies an event; returns whether the call should now be looked up in the list. */
  apply({ callId, at, event }: {
    readonly callId: string;
    readonly at: string;
    readonly event: CallEvent;
  }): boolean {
    if (event.type === "ended") {
      this.#ended.add(callId);
      this.#remove(callId);
      return false;
    }
    const isNew = event.type === "started" && !this.#rows.has(callId);
    if (isNew) {
      this.#unlisted.add(callId);
      const { direction, agent } = event;
      this.#show({ id: callId, direction, agent, status: "live", startedAt: at });
    }
    this.#rows.get(callId)?.apply(event);
    return isNew || event.type === "connected";
  }

  /** Updates the durations. */
  tick(): void {
    const now = Date.now();
    for (const row of this.#rows.values()) row.tick(now);
  }

  #show(call: Parameters<LiveRow["show"]>[0]): void {
    const row = this.#rows.get(call.id) ?? this.#add(call.id, call.startedAt);
    row.show(call, this.#titles);
    row.tick(Date.now());
  }

  #add(id: string, startedAt: string): LiveRow {
    const row = createLiveRow(id, startedAt);
    const next = [...this.#rows.values()]
      .filter((other) => other.startedAt > startedAt)
      .sort((a, b) => a.startedAt < b.startedAt ? -1 : 1)[0];
    this.#list.insertBefore(row.element, next?.element ?? null);
    this.#rows.set(id, row);
    return row;
  }

  #remove(id: string): void {
    this.#rows.get(id)?.element.remove();
    this.#rows.delete(id);
    this.#unlisted.delete(id);
  }
}
