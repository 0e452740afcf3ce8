/// <reference lib="dom" />
import type { AgentTitles } from "../apiTypes.ts";
import type { AgentSummary } from "../agents/agentTypes.ts";
import type { KnownTag } from "./listTypes.ts";
import { find } from "../elements.ts";
import { formatCount } from "../formats.ts";
import { t } from "../text.ts";
import { createFindingFields } from "./findingFields.ts";
import { readSearch } from "./readSearch.ts";

type Field = HTMLInputElement | HTMLSelectElement;

/**
 * Connects the filter form of the records. Its state is the query behind `#records` in the URL: a
 * change navigates to the URL of the new filter.
 */
export function createRecordFilter(form: HTMLFormElement) {
  const dates = find("records-dates", HTMLElement);
  const more = find("records-more", HTMLDetailsElement);
  const findings = find("records-findings", HTMLDetailsElement);
  const findingFields = createFindingFields(findings);
  let tags: readonly KnownTag[] = [];

  form.onchange = () => {
    if (!form.reportValidity()) return;
    const chosen = new URLSearchParams();
    for (const { name, value } of fieldsOf(form)) {
      if (value.trim() !== "") chosen.set(name, value.trim());
    }
    if (chosen.get("days") !== "dates") { for (const name of ["from", "to"]) chosen.delete(name); }
    location.hash = chosen.size === 0 ? "records" : `records?${chosen}`;
  };
  form.onsubmit = (event) => event.preventDefault();

  return {
    /** Shows the filter of the URL in the form, at once: the next choice may follow soon. */
    show(filter: URLSearchParams, titles: AgentTitles): void {
      findingFields.show(filter);
      for (const field of fieldsOf(form)) {
        const value = filter.get(field.name) ?? "";
        if (field.name === "agent") fill(field, t("All agents"), [...titles]);
        if (field.name === "tag") showTags(field, value);
        field.value = value;
        // The URL may contain a value that the form does not offer.
        if (field instanceof HTMLSelectElement && field.selectedIndex === -1) field.value = "";
      }
      dates.hidden = filter.get("days") !== "dates";
      for (const each of [more, findings]) {
        if (fieldsOf(each).some(({ value }) => value !== "")) each.open = true;
      }
    },
    /** Offers what the analyses of these agents find out. */
    offerFindings: (agents: readonly AgentSummary[]): void => findingFields.offer(agents),
    /** Offers these tags, whatever is chosen. */
    offer(known: readonly KnownTag[]): void {
      tags = known;
      for (const field of fieldsOf(form)) if (field.name === "tag") showTags(field, field.value);
    },
    /** The query parameters for `/api/calls`. */
    toQuery(filter: URLSearchParams): URLSearchParams {
      const query = new URLSearchParams();
      const sought = readSearch(filter.get("search") ?? "");
      if (sought !== undefined) query.set(sought.by, sought.text);
      for (const { name } of fieldsOf(form)) {
        const value = filter.get(name) ?? "";
        if (value === "" || name === "search") continue;
        if (name === "saidBy" && sought?.by !== "words") continue;
        if (name === "days") {
          if (/^\d{1,4}$/.test(value)) query.set("from", midnight(today(), 1 - Number(value)));
        } else if (name === "from" || name === "to") {
          const day = dayOf(value);
          // The last day counts whole.
          if (day !== undefined) query.set(name, midnight(day, name === "to" ? 1 : 0));
        } else query.set(name, value);
      }
      return query;
    },
  };

  function showTags(field: Field, chosen: string): void {
    const options = tags.map(({ tag, calls }): [string, string] => [
      tag,
      `${tag} (${formatCount(calls)})`,
    ]);
    const isOffered = chosen === "" || tags.some(({ tag }) => tag === chosen);
    fill(field, t("Any tag"), isOffered ? options : [...options, [chosen, chosen]]);
    field.value = chosen;
    field.hidden = tags.length === 0 && chosen === "";
  }
}

function fill(field: Field, all: string, options: readonly (readonly [string, string])[]): void {
  field.replaceChildren(
    new Option(all, ""),
    ...options.map(([value, text]) => new Option(text, value)),
  );
}

function fieldsOf(form: HTMLElement): readonly Field[] {
  return [...form.querySelectorAll<Field>("select, input")];
}

function today(): Date {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  return day;
}

/** The start of a day in the browser's time zone. */
function dayOf(date: string): Date | undefined {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(date) ? new Date(`${date}T00:00`) : undefined;
  return day === undefined || Number.isNaN(day.getTime()) ? undefined : day;
}

/** The start of the day so many days later, however long the days between are. */
function midnight(from: Date, daysLater: number): string {
  const day = new Date(from);
  day.setDate(day.getDate() + daysLater);
  return day.toISOString();
}
