/// <reference lib="dom" />
import { fetchApiJson, RequestError } from "../apiClient.ts";
import type { AgentTitles, CallSummary, TimedLine } from "../apiTypes.ts";
import type { CallPage } from "../records/listTypes.ts";
import { delay } from "../delay.ts";
import { find } from "../elements.ts";
import { formatCalls } from "../formats.ts";
import { followEvents } from "./eventFeed.ts";
import { LiveRows } from "./liveRows.ts";
import { t } from "../text.ts";

/**
 * Creates the list of live calls, kept current by the event stream. It is shown until the signal is
 * aborted. Throws `RequestError`.
 */
export function createLiveListView(
  titles: Promise<AgentTitles>,
): (signal: AbortSignal) => Promise<void> {
  const rows = new LiveRows(find("calls-list", HTMLElement));
  const count = find("calls-count", HTMLElement);
  const empty = find("calls-empty", HTMLElement);
  const problem = find("calls-problem", HTMLElement);

  return async function showCalls(signal) {
    rows.reset(await titles);
    count.textContent = t("Loading…");
    empty.hidden = true;
    const clock = setInterval(() => rows.tick(), 1000);
    const closed = new AbortController();
    try {
      await follow(AbortSignal.any([signal, closed.signal]));
    } finally {
      clearInterval(clock);
      closed.abort();
    }
  };

  async function follow(signal: AbortSignal): Promise<void> {
    let polling: Promise<void> | undefined;
    for await (const item of followEvents("/api/events", signal)) {
      problem.textContent = item.kind === "lost" ? LOST : "";
      if (item.kind === "open" || item.kind === "missed") {
        await refresh(signal);
        polling ??= poll(signal);
      } else if (item.kind === "event") {
        const isIncomplete = rows.apply(item);
        // What the event lacks, such as the number, is in the record a moment later.
        if (isIncomplete) delay(RECORD_DELAY_MS, signal).then(() => tryToRefresh(signal));
        showCount();
      }
    }
    await polling;
  }

  /** For calls without events: queued or ringing ones, and those of another process on SQLite. */
  async function poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await delay(POLL_MS, signal);
      await tryToRefresh(signal);
    }
  }

  async function tryToRefresh(signal: AbortSignal): Promise<void> {
    try {
      if (!signal.aborted) await refresh(signal);
    } catch (error) {
      // The event stream reports the same outage.
      if (!signal.aborted && !(error instanceof RequestError)) throw error;
    }
  }

  async function refresh(signal: AbortSignal): Promise<void> {
    const pages = await Promise.all(
      ["live", "ringing", "queued"].map((status) =>
        fetchApiJson<CallPage>(`/api/calls?status=${status}&limit=200`, { signal })
      ),
    );
    const calls: readonly CallSummary[] = pages.flatMap((page) => page.calls);
    const added = rows.replace(calls);
    showCount();
    for (const id of added.slice(0, MOST_ADDED)) {
      const { turns } = await fetchApiJson<LinesSoFar>(`/api/calls/${id}/transcript`, { signal });
      const last = turns.findLast(({ by }) => by !== "whisper");
      if (last !== undefined) rows.showLine(id, last);
    }
  }

  function showCount(): void {
    count.textContent = rows.size === 0 ? "" : formatCalls(rows.size);
    empty.hidden = rows.size > 0;
  }
}

interface LinesSoFar {
  readonly turns: readonly TimedLine[];
}

/** Of so many calls that were live before the list was opened, the last line is looked up; of others the next is shown. */
const MOST_ADDED = 20;
const LOST = t("The server does not answer. Trying again…");
const RECORD_DELAY_MS = 500;
const POLL_MS = 10_000;
