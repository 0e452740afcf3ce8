/// <reference lib="dom" />
import type { CallEvent, CallSummary } from "./callAnswers.ts";
import { createLiveRow, type LiveRow } from "./liveRow.ts";

/** The rows of the calls in progress, the oldest first. */
export interface LiveRows {
  readonly size: number;
  /** Begins anew; `titles` are what the agents are called. */
  open(titles: ReadonlyMap<string, string>): void;
  /** Takes over what the server has just listed. */
  replace(calls: readonly CallSummary[]): void;
  /** Tells of an event; answers whether it made a call known that nothing else is known of yet. */
  tell(told: { readonly callId: string; readonly at: string; readonly event: CallEvent }): boolean;
  /** Shows how long the calls have lasted by now. */
  tick(): void;
}

export function createLiveRows(list: HTMLElement): LiveRows {
  const rows = new Map<string, LiveRow>();
  /** Begun by an event: perhaps not listed yet. */
  const young = new Set<string>();
  /** Ended by an event: perhaps still listed. */
  const over = new Set<string>();
  let titles: ReadonlyMap<string, string> = new Map();

  return {
    get size() {
      return rows.size;
    },
    open(names) {
      titles = names;
      list.replaceChildren();
      for (const known of [rows, young, over]) known.clear();
    },
    replace(calls) {
      const listed = new Set(calls.map(({ id }) => id));
      for (const id of [...rows.keys()]) if (!listed.has(id) && !young.has(id)) remove(id);
      for (const id of over) if (!listed.has(id)) over.delete(id);
      for (const call of calls) {
        young.delete(call.id);
        if (!over.has(call.id)) put(call);
      }
    },
    tell({ callId, at, event }) {
      if (event.type === "ended") {
        over.add(callId);
        remove(callId);
        return false;
      }
      const isNews = event.type === "started" && !rows.has(callId);
      if (isNews) {
        young.add(callId);
        const { direction, agent } = event;
        put({ id: callId, direction, agent, status: "live", startedAt: at });
      }
      rows.get(callId)?.tell(event);
      return isNews || event.type === "connected";
    },
    tick() {
      const now = Date.now();
      for (const row of rows.values()) row.tick(now);
    },
  };

  function put(call: Parameters<LiveRow["show"]>[0]): void {
    const row = rows.get(call.id) ?? add(call.id, call.startedAt);
    row.show(call, titles);
    row.tick(Date.now());
  }

  function add(id: string, startedAt: string): LiveRow {
    const row = createLiveRow(id, startedAt);
    const next = [...rows.values()]
      .filter((other) => other.startedAt > startedAt)
      .sort((a, b) => a.startedAt < b.startedAt ? -1 : 1)[0];
    list.insertBefore(row.element, next?.element ?? null);
    rows.set(id, row);
    return row;
  }

  function remove(id: string): void {
    rows.get(id)?.element.remove();
    rows.delete(id);
    young.delete(id);
  }
}
