/// <reference lib="dom" />
import { askApi, Refusal } from "./apiClient.ts";
import type { CallPage, CallSummary } from "./callAnswers.ts";
import { delay } from "./delay.ts";
import { find } from "./elements.ts";
import { followEvents } from "./eventFeed.ts";
import { createLiveRows } from "./liveRows.ts";

/** The calls in progress, as they come, talk and go. */
export interface LiveCallsView {
  /** Settles when the signal ends it. Throws `Refusal`. */
  open(signal: AbortSignal): Promise<void>;
}

export function createLiveCallsView(titles: Promise<ReadonlyMap<string, string>>): LiveCallsView {
  const rows = createLiveRows(find("calls-list", HTMLElement));
  const count = find("calls-count", HTMLElement);
  const empty = find("calls-empty", HTMLElement);
  const problem = find("calls-problem", HTMLElement);

  return {
    async open(signal) {
      rows.open(await titles);
      count.textContent = "Looking…";
      empty.hidden = true;
      const clock = setInterval(rows.tick, 1000);
      const closed = new AbortController();
      try {
        await follow(AbortSignal.any([signal, closed.signal]));
      } finally {
        clearInterval(clock);
        closed.abort();
      }
    },
  };

  async function follow(signal: AbortSignal): Promise<void> {
    let repeats: Promise<void> | undefined;
    for await (const item of followEvents("/api/events", signal)) {
      problem.textContent = item.kind === "lost" ? LOST : "";
      if (item.kind === "open" || item.kind === "missed") {
        await look(signal);
        repeats ??= lookAgain(signal);
      } else if (item.kind === "event") {
        const isNews = rows.tell(item);
        // What an event does not say, such as the number, is in the record a moment later.
        if (isNews) delay(SETTLED_MS, signal).then(() => tryToLook(signal));
        showCount();
      }
    }
    await repeats;
  }

  /** Calls that ring, or wait to be placed, and those of other instances, tell nothing of themselves. */
  async function lookAgain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await delay(REPEAT_MS, signal);
      await tryToLook(signal);
    }
  }

  async function tryToLook(signal: AbortSignal): Promise<void> {
    try {
      if (!signal.aborted) await look(signal);
    } catch (error) {
      // The stream of events notices it, too, and says so.
      if (!signal.aborted && !(error instanceof Refusal)) throw error;
    }
  }

  async function look(signal: AbortSignal): Promise<void> {
    const pages = await Promise.all(
      ["live", "ringing", "queued"].map((status) =>
        askApi<CallPage>(`/api/calls?status=${status}&limit=200`, { signal })
      ),
    );
    const calls: readonly CallSummary[] = pages.flatMap((page) => page.calls);
    rows.replace(calls);
    showCount();
  }

  function showCount(): void {
    count.textContent = rows.size === 0 ? "" : rows.size === 1 ? "1 call" : `${rows.size} calls`;
    empty.hidden = rows.size > 0;
  }
}

const LOST = "The server does not answer. Trying again…";
const SETTLED_MS = 500;
const REPEAT_MS = 10_000;
