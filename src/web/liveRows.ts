/// <reference lib="dom" />
import type { CallEvent, CallSummary } from "./callAnswers.ts";
import { createLiveRow, type LiveRow } from "./liveRow.ts";

/** The rows of the live calls, the oldest first. */
export interface LiveRows {
  readonly size: number;
  /** Removes all rows; `titles` maps agent names to what people read. */
  reset(titles: ReadonlyMap<string, string>): void;
  /** Applies the list that the server has just returned. */
  replace(calls: readonly CallSummary[]): void;
  /** Applies an event; returns whether the call should now be looked up in the list. */
  apply(item: { readonly callId: string; readonly at: string; readonly event: CallEvent }): boolean;
  /** Updates the durations. */
  tick(): void;
}

/** Creates the rows in a list element. */
export function createLiveRows(list: HTMLElement): LiveRows {
  const rows = new Map<string, LiveRow>();
  /** Added by an event; the server may not list them yet. */
  const unlisted = new Set<string>();
  /** Removed by an event; the server may still list them. */
  const ended = new Set<string>();
  let titles: ReadonlyMap<string, string> = new Map();

  return {
    get size() {
      return rows.size;
    },
    reset(names) {
      titles = names;
      list.replaceChildren();
      for (const known of [rows, unlisted, ended]) known.clear();
    },
    replace(calls) {
      const listed = new Set(calls.map(({ id }) => id));
      for (const id of [...rows.keys()]) if (!listed.has(id) && !unlisted.has(id)) removeRow(id);
      for (const id of ended) if (!listed.has(id)) ended.delete(id);
      for (const call of calls) {
        unlisted.delete(call.id);
        if (!ended.has(call.id)) showRow(call);
      }
    },
    apply({ callId, at, event }) {
      if (event.type === "ended") {
        ended.add(callId);
        removeRow(callId);
        return false;
      }
      const isNew = event.type === "started" && !rows.has(callId);
      if (isNew) {
        unlisted.add(callId);
        const { direction, agent } = event;
        showRow({ id: callId, direction, agent, status: "live", startedAt: at });
      }
      rows.get(callId)?.apply(event);
      return isNew || event.type === "connected";
    },
    tick() {
      const now = Date.now();
      for (const row of rows.values()) row.tick(now);
    },
  };

  function showRow(call: Parameters<LiveRow["show"]>[0]): void {
    const row = rows.get(call.id) ?? addRow(call.id, call.startedAt);
    row.show(call, titles);
    row.tick(Date.now());
  }

  function addRow(id: string, startedAt: string): LiveRow {
    const row = createLiveRow(id, startedAt);
    const next = [...rows.values()]
      .filter((other) => other.startedAt > startedAt)
      .sort((a, b) => a.startedAt < b.startedAt ? -1 : 1)[0];
    list.insertBefore(row.element, next?.element ?? null);
    rows.set(id, row);
    return row;
  }

  function removeRow(id: string): void {
    rows.get(id)?.element.remove();
    rows.delete(id);
    unlisted.delete(id);
  }
}
