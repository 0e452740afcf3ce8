/// <reference lib="dom" />
import { loadAgentProblems } from "../agents/agentProblems.ts";
import { fetchApiJson, RequestError } from "../apiClient.ts";
import type { AgentTitles, Analytics } from "../apiTypes.ts";
import type { CallPage, KnownTag } from "./listTypes.ts";
import { element, find } from "../elements.ts";
import { download } from "./downloads.ts";
import { readSearch } from "./readSearch.ts";
import { problemText } from "../problemText.ts";
import { t } from "../text.ts";
import { type Figure, showFigures } from "./figureList.ts";
import { createRecordFilter } from "./recordFilter.ts";
import { rememberList } from "./lastList.ts";
import { RecordRows } from "./recordRows.ts";
import { formatCount, formatDecimal, formatDollars, formatSpan } from "../formats.ts";

/**
 * Creates the list of the calls that are found, with figures of the last 7 days. Resolves when the
 * list is shown. Throws `RequestError`.
 */
export function createRecordListView(
  titles: Promise<AgentTitles>,
): (filter: URLSearchParams, signal: AbortSignal) => Promise<void> {
  const main = find("records", HTMLElement);
  const rows = new RecordRows(find("records-list", HTMLElement));
  const filterForm = createRecordFilter(find("records-filter", HTMLFormElement));
  const empty = find("records-empty", HTMLElement);
  const older = find("records-older", HTMLButtonElement);
  const agentProblems = find("agent-problems", HTMLElement);
  const problem = find("records-problem", HTMLElement);
  const found = find("records-found", HTMLElement);
  const table = find("records-table", HTMLButtonElement);
  let shown = { filter: "", scrollTop: 0 };

  return async function showRecords(filter, signal) {
    filterForm.show(filter, await titles);
    // The list does not wait for them; what is wrong, if anything, it says itself.
    fetchApiJson<{ readonly tags: readonly KnownTag[] }>("/api/tags", { signal })
      .then(({ tags }) => filterForm.offer(tags), () => {});
    table.onclick = () => downloadTable(filter);
    rememberList(location.hash);
    const isReturn = shown.filter === filter.toString();
    // As many as were shown before, so that the scroll position is valid again.
    const limit = isReturn ? Math.min(MAX_PAGE, Math.max(PAGE, rows.size)) : PAGE;
    problem.textContent = "";
    found.textContent = "";
    main.ariaBusy = "true";
    // The list of calls does not wait for it, or fail with it.
    loadAgentProblems(agentProblems, signal)
      .then(filterForm.offerFindings, () => agentProblems.hidden = true);
    const [page, analytics] = await Promise.all([
      list(filter, { limit, signal }).catch(notSearched),
      fetchApiJson<Analytics>(`/api/analytics?from=${daysAgo(7)}`, { signal }),
    ]);
    if (signal.aborted) return;
    showFigures(find("records-figures", HTMLElement), summarise(analytics));
    rows.clear();
    await show(page, filter, signal);
    tellFound(page, filter);
    showEmptiness(filter);
    table.hidden = rows.size === 0;
    main.ariaBusy = "false";
    main.scrollTop = isReturn ? shown.scrollTop : 0;
    shown = { filter: filter.toString(), scrollTop: main.scrollTop };
    main.onscroll = () => shown.scrollTop = main.scrollTop;
    signal.addEventListener("abort", () => main.onscroll = null);
  };

  function list(
    filter: URLSearchParams,
    { cursor, limit = PAGE, signal }: {
      readonly cursor?: string;
      readonly limit?: number;
      readonly signal: AbortSignal;
    },
  ): Promise<CallPage> {
    const query = filterForm.toQuery(filter);
    query.set("limit", String(limit));
    if (cursor !== undefined) query.set("cursor", cursor);
    return fetchApiJson<CallPage>(`/api/calls?${query}`, { signal });
  }

  async function show(page: CallPage, filter: URLSearchParams, signal: AbortSignal): Promise<void> {
    const sort = filter.get("sort") ?? "";
    rows.append(page.calls, {
      titles: await titles,
      byDay: ["", "newest", "oldest"].includes(sort),
    });
    older.hidden = page.nextCursor === null;
    older.disabled = false;
    older.onclick = async () => {
      older.disabled = true;
      problem.textContent = "";
      try {
        const cursor = page.nextCursor ?? "";
        const next = await list(filter, { cursor, signal });
        if (!signal.aborted) await show(next, filter, signal);
      } catch (error) {
        if (signal.aborted) return;
        older.disabled = false;
        problem.textContent = error instanceof Error ? error.message : String(error);
      }
    };
  }

  /** Also for those who do not see the list. */
  function tellFound({ nextCursor, unindexed = 0 }: CallPage, filter: URLSearchParams): void {
    const count = formatCount(rows.size);
    const texts = [
      ...(filter.size === 0 || rows.size === 0 ? [] : [
        nextCursor !== null
          ? t("The first {count} calls that match", { count })
          : rows.size === 1
          ? t("1 call matches")
          : t("{count} calls match", { count }),
      ]),
      ...(unindexed === 0
        ? []
        : [t("Calls whose words cannot be found yet: {count}", { count: formatCount(unindexed) })]),
    ];
    found.textContent = texts.join(" · ");
  }

  /** An empty page where what was typed cannot be looked for. */
  function notSearched(error: unknown): CallPage {
    if (!(error instanceof RequestError) || error.code !== "invalid_request") throw error;
    problem.textContent = error.details.some(({ path }) => path === "words")
      ? t("Write one to twelve words, with letters or digits.")
      : problemText(error);
    return { calls: [], nextCursor: null };
  }

  async function downloadTable(filter: URLSearchParams): Promise<void> {
    problem.textContent = "";
    table.disabled = true;
    try {
      await download(`/api/calls.csv?${filterForm.toQuery(filter)}`, "calls.csv");
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      problem.textContent = error.message;
    } finally {
      table.disabled = false;
    }
  }

  function showEmptiness(filter: URLSearchParams): void {
    empty.hidden = rows.size > 0;
    const [before = "", after = ""] = t(
      "Have one under {talk}: when it is over, it is found here, with what was said, how it ended and what it cost.",
    ).split("{talk}");
    empty.replaceChildren(
      ...(filter.size > 0
        ? [
          element("p", { textContent: t("No calls match.") }),
          element("p", { textContent: adviceFor(filter) }),
          element("p", {}, [element("a", { href: "#records", textContent: t("Show all calls") })]),
        ]
        : [
          element("p", { textContent: t("There have been no calls yet.") }),
          element("p", {}, [
            before,
            element("a", { href: "#talk", textContent: t("Talk") }),
            after,
          ]),
        ]),
    );
  }
}

function adviceFor(filter: URLSearchParams): string {
  switch (readSearch(filter.get("search") ?? "")?.by) {
    case "words":
      return t(
        "Try fewer words, or the beginning of one. Words are found as they were heard, in calls that are over.",
      );
    case "number":
      return t("Try the last four digits alone, or put quotes around a number that was said.");
    case undefined:
      return t("Try another time, or fewer filters.");
  }
}

const PAGE = 50;
/** The largest page that the API returns. */
const MAX_PAGE = 200;

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString();
}

/** The analytics of a period in four figures. */
function summarise(
  { calls, duration, cost, latency, analysis: { passedShare } }: Analytics,
): readonly Figure[] {
  const isPriced = cost.unknown === 0 || cost.usd > 0;
  return [
    {
      name: t("Calls"),
      value: formatCount(calls),
      ...(passedShare !== null &&
        { note: t("{percent}% passed", { percent: Math.round(100 * passedShare) }) }),
    },
    { name: t("Minutes"), value: formatMinutes(duration.totalMs) },
    {
      name: t("Cost"),
      value: formatDollars(isPriced ? cost.usd : null),
      ...(cost.unknown > 0 && {
        note: isPriced
          ? t("and {count} without a price", { count: formatCount(cost.unknown) })
          : t("no price known"),
      }),
    },
    {
      name: t("Median latency"),
      value: latency.p50Ms === null ? "—" : formatSpan(latency.p50Ms),
    },
  ];
}

function formatMinutes(ms: number): string {
  const minutes = ms / 60_000;
  return minutes === 0 || minutes >= 10
    ? formatCount(Math.round(minutes))
    : formatDecimal(minutes.toFixed(1));
}
