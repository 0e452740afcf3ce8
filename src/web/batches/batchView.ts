/// <reference lib="dom" />
import { fetchApi, fetchApiJson } from "../apiClient.ts";
import type { AgentTitles } from "../apiTypes.ts";
import { delay } from "../delay.ts";
import { element, find } from "../elements.ts";
import { formatCount, formatDecimal, formatDollars } from "../formats.ts";
import { problemText } from "../problemText.ts";
import { createQuestionDialog } from "../questionDialog.ts";
import { showFigures } from "../records/figureList.ts";
import { createBatchEditForm } from "./batchEditForm.ts";
import { progressBar, resultRow } from "./batchRows.ts";
import { doneOf, endText, momentOf, momentWithin, nameOf, stateOf } from "./batchTexts.ts";
import type { BatchDetail, BatchResult, BatchResults } from "./batchTypes.ts";
import { t } from "../text.ts";

const PAGE = 100;
const POLL_MS = 2000;

/** Creates the view of one batch: progress, what may be done with it, and its results. */
export function createBatchView(
  titles: Promise<AgentTitles>,
): (id: string, signal: AbortSignal) => Promise<void> {
  const main = find("batch", HTMLElement);
  const pause = find("batch-pause", HTMLButtonElement);
  const cancel = find("batch-cancel", HTMLButtonElement);
  const download = find("batch-download", HTMLButtonElement);
  const more = find("batch-more", HTMLButtonElement);
  const results = find("batch-results", HTMLElement);
  const problem = find("batch-problem", HTMLElement);
  const dialog = createQuestionDialog("batch-cancel", {
    title: t("Cancel what is left of this batch?"),
    then: t("Calls that have been dialled go on. This cannot be taken back."),
    confirm: t("Cancel it"),
    keep: t("Keep it"),
  });
  const offerChanges = createBatchEditForm();

  return async function showBatch(id, signal) {
    const path = `/api/outbound/batches/${id}`;
    const names = await titles;
    const shown: BatchResult[] = [];
    let next: number | null = 0;
    main.classList.add("loading");
    problem.textContent = "";
    results.replaceChildren();
    signal.addEventListener("abort", () => dialog.close());
    await refresh();
    main.classList.remove("loading");
    more.onclick = () => loadMore().catch(tell);
    download.onclick = () => save().catch(tell);
    // Not awaited: the view is shown.
    poll().catch(tell);

    /** Loads the state, and the results that are shown anew. */
    async function refresh(): Promise<void> {
      const [batch, page] = await Promise.all([
        fetchApiJson<BatchDetail>(path, { signal }),
        fetchApiJson<BatchResults>(
          `${path}/results?limit=${Math.min(500, Math.max(PAGE, shown.length))}`,
          { signal },
        ),
      ]);
      if (signal.aborted) return;
      showBatchFacts(batch, names);
      const isRunning = batch.state === "running" || batch.state === "scheduled";
      const isPaused = batch.state === "paused";
      pause.hidden = !isRunning && !isPaused;
      pause.textContent = isPaused ? t("Resume") : t("Pause");
      pause.onclick = () => act(isPaused ? "resume" : "pause").catch(tell);
      cancel.hidden = pause.hidden;
      cancel.onclick = () => dialog.ask(nameOf(batch), stop);
      offerChanges({
        ...{ batch, signal, onFailed: tell },
        onChanged: async () => {
          problem.textContent = "";
          await refresh();
        },
      });
      if (shown.length <= page.results.length) next = page.next;
      shown.splice(0, page.results.length, ...page.results);
      showResults();
    }

    function showResults(): void {
      results.replaceChildren(...shown.map(resultRow));
      more.hidden = next === null;
    }

    async function loadMore(): Promise<void> {
      if (next === null) return;
      const query = `limit=${PAGE}&after=${next}`;
      const page = await fetchApiJson<BatchResults>(`${path}/results?${query}`, { signal });
      if (signal.aborted) return;
      shown.push(...page.results);
      next = page.next;
      showResults();
    }

    async function act(what: "pause" | "resume" | "cancel"): Promise<void> {
      problem.textContent = "";
      pause.disabled = true;
      try {
        await fetchApiJson(`${path}/${what}`, { method: "POST", signal });
        await refresh();
      } finally {
        pause.disabled = false;
      }
    }

    async function stop(): Promise<void> {
      await act("cancel").catch((error) => {
        if (!signal.aborted) throw error;
      });
    }

    async function poll(): Promise<void> {
      while (!signal.aborted) {
        await delay(POLL_MS, signal);
        if (!signal.aborted && document.body.dataset.view === "batch") await refresh().catch(tell);
      }
    }

    /** By fetch, since a plain link cannot send the API key. */
    async function save(): Promise<void> {
      const url = URL.createObjectURL(await (await fetchApi(`${path}/results.csv`)).blob());
      element("a", { href: url, download: `${id}.csv` }).click();
      // The browser reads the blob after click() has returned.
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    }

    function tell(error: unknown): void {
      if (!signal.aborted) problem.textContent = problemText(error);
    }
  };
}

function showBatchFacts(batch: BatchDetail, titles: AgentTitles): void {
  const { agent, key, createdAt, endsAt, total, progress, usd, unpriced, calls, minutes } = batch;
  find("batch-name", HTMLElement).textContent = nameOf(batch);
  find("batch-way", HTMLElement).textContent = [
    ...(agent === null ? [] : [titles.get(agent) ?? agent]),
    ...(key === null ? [] : [key]),
    momentOf(createdAt),
  ].join(" · ");
  find("batch-state", HTMLElement).textContent = [
    stateOf(batch),
    ...(batch.state === "running" && batch.estimatedEnd !== null
      ? [t("done about {moment}", { moment: momentWithin(batch.estimatedEnd) })]
      : []),
    ...(endsAt === null || batch.doneAt !== null
      ? []
      : [t("ends {moment}", { moment: momentWithin(endsAt) })]),
  ].join(" · ");
  find("batch-bar", HTMLElement).replaceChildren(progressBar(batch));
  showFigures(find("batch-figures", HTMLElement), [
    {
      name: t("Done"),
      value: t("{done} of {all}", { done: formatCount(doneOf(batch)), all: formatCount(total) }),
    },
    {
      name: t("In calls"),
      value: formatCount(progress.placed),
      note: batch.state === "running" && batch.callsPerMinute > 0
        ? t("{count} a minute", { count: formatDecimal(batch.callsPerMinute) })
        : "",
    },
    {
      name: t("Calls made"),
      value: formatCount(calls),
      note: t("{count} minutes", { count: formatDecimal(minutes) }),
    },
    {
      name: t("Cost"),
      value: formatDollars(usd),
      ...(unpriced > 0 &&
        { note: t("and {count} without a price", { count: formatCount(unpriced) }) }),
    },
  ]);
  find("batch-outcomes", HTMLElement).replaceChildren(
    ...batch.outcomes.map(({ state, detail, items }) =>
      element("li", {}, [
        element("span", { textContent: endText(state, detail) }),
        element("b", { textContent: formatCount(items) }),
      ])
    ),
  );
}
