/// <reference lib="dom" />
import { fetchApiJson, RequestError } from "../apiClient.ts";
import type { AgentTitles } from "../apiTypes.ts";
import { delay } from "../delay.ts";
import { find } from "../elements.ts";
import { createBatchForm } from "./batchForm.ts";
import { batchRow } from "./batchRows.ts";
import type { BatchList, BatchSummary } from "./batchTypes.ts";

const PAGE = 50;
const POLL_MS = 5000;

/** Creates the list of batches, the latest first, with the form for a new one. Throws `RequestError`. */
export function createBatchListView(
  titles: Promise<AgentTitles>,
): (signal: AbortSignal) => Promise<void> {
  const main = find("batches", HTMLElement);
  const list = find("batches-list", HTMLElement);
  const empty = find("batches-empty", HTMLElement);
  const older = find("batches-older", HTMLButtonElement);
  const problem = find("batches-problem", HTMLElement);
  const showForm = createBatchForm();

  return async function showBatches(signal) {
    main.ariaBusy = "true";
    problem.textContent = "";
    const known = new Map<string, BatchSummary>();
    const names = await titles;
    showForm(names, signal);
    await load();
    main.ariaBusy = "false";
    // Not awaited: the view is shown.
    poll().catch(tell);

    async function load(cursor?: string): Promise<void> {
      const query = new URLSearchParams({ limit: `${PAGE}`, ...(cursor && { cursor }) });
      const page = await fetchApiJson<BatchList>(`/api/outbound/batches?${query}`, { signal });
      if (signal.aborted) return;
      for (const batch of page.batches) known.set(batch.batchId, batch);
      const all = [...known.values()].sort((a, b) => a.createdAt < b.createdAt ? 1 : -1);
      list.replaceChildren(...all.map((batch) => batchRow(batch, names)));
      empty.hidden = all.length > 0;
      if (cursor === undefined && known.size > page.batches.length) return;
      older.hidden = page.nextCursor === null;
      older.onclick = () => load(page.nextCursor ?? undefined).catch(tell);
    }

    async function poll(): Promise<void> {
      while (!signal.aborted) {
        await delay(POLL_MS, signal);
        if (!signal.aborted) await load();
      }
    }

    function tell(error: unknown): void {
      if (signal.aborted) return;
      if (!(error instanceof RequestError)) throw error;
      problem.textContent = error.message;
    }
  };
}
