/// <reference lib="dom" />
import type { AgentTitles } from "../apiTypes.ts";
import { find } from "../elements.ts";
import { t } from "../text.ts";
import type { Interval } from "./analyticsTypes.ts";

/** Which calls the page shows, as the API is asked for them. */
export interface Asked {
  /** Of all questions. */
  readonly query: URLSearchParams;
  readonly interval: Interval;
  readonly groupBy: "agent" | "key" | "direction";
}

const DAY_MS = 86_400_000;
const PRESETS = new Set(["1", "30", "90"]);
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Connects the form of the analytics. Its state is the query behind `#analytics` in the URL: a change
 * navigates to the URL of the new filter.
 */
export function createAnalyticsFilter(form: HTMLFormElement) {
  const dates = find("analytics-dates", HTMLElement);
  form.onchange = () => {
    const chosen = new URLSearchParams();
    const given = new FormData(form);
    for (const [name, value] of given) {
      if (typeof value !== "string" || value.trim() === "") continue;
      const isOfDates = name === "from" || name === "to";
      if (isOfDates && given.get("period") !== "dates") continue;
      chosen.set(name, value.trim());
    }
    location.hash = chosen.size === 0 ? "analytics" : `analytics?${chosen}`;
  };
  form.onsubmit = (event) => event.preventDefault();

  return {
    /** Shows the filter of the URL in the form. */
    show(filter: URLSearchParams, titles: AgentTitles): void {
      const agent = form.querySelector<HTMLSelectElement>("select[name=agent]");
      const asked = filter.get("agent");
      const known = [...titles];
      // One that has had calls and is no more.
      if (asked !== null && !titles.has(asked)) known.push([asked, asked]);
      agent?.replaceChildren(
        new Option(t("All agents"), ""),
        ...known.map(([name, title]) => new Option(title, name)),
      );
      const { first, last } = datesOf(filter);
      const values: Readonly<Record<string, string>> = {
        ...Object.fromEntries(filter),
        from: dateOf(first),
        to: dateOf(last),
      };
      for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[name]")) {
        field.value = values[field.name] ?? "";
        if (field instanceof HTMLSelectElement && field.selectedIndex === -1) field.value = "";
      }
      dates.hidden = filter.get("period") !== "dates";
    },
    asked(filter: URLSearchParams): Asked {
      const query = new URLSearchParams();
      for (const name of ["agent", "key"]) {
        const value = filter.get(name);
        if (value !== null) query.set(name, value);
      }
      const { first, last } = datesOf(filter);
      query.set("from", first.toISOString());
      query.set("to", nextDay(last).toISOString());
      const days = Math.round((nextDay(last).getTime() - first.getTime()) / DAY_MS);
      const by = filter.get("by");
      return {
        query,
        interval: days <= 2 ? "hour" : days <= 120 ? "day" : "week",
        groupBy: by === "key" || by === "direction" ? by : "agent",
      };
    },
  };
}

/** The first and the last day, as their beginnings in the browser's time zone. */
function datesOf(filter: URLSearchParams): { readonly first: Date; readonly last: Date } {
  const today = new Date();
  today.setHours(0, 0, 0, 0);
  const period = filter.get("period") ?? "";
  const days = PRESETS.has(period) ? Number(period) : 7;
  const first = new Date(today.getFullYear(), today.getMonth(), today.getDate() - days + 1);
  if (period !== "dates") return { first, last: today };
  const from = dayOf(filter.get("from")) ?? first;
  const to = dayOf(filter.get("to")) ?? today;
  return from <= to ? { first: from, last: to } : { first: to, last: from };
}

function dayOf(date: string | null): Date | undefined {
  if (date === null || !DATE.test(date)) return undefined;
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const found = new Date(year, month - 1, day);
  return Number.isNaN(found.getTime()) ? undefined : found;
}

function dateOf(day: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

function nextDay(day: Date): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1);
}
