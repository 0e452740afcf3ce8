/// <reference lib="dom" />
import type { AgentTitles } from "../apiTypes.ts";

/**
 * Connects the filter form of the records. Its state is the query behind `#records` in the URL: a
 * change navigates to the URL of the new filter.
 */
export function createRecordFilter(form: HTMLFormElement) {
  form.onchange = () => {
    const chosen = new URLSearchParams();
    for (const { name, value } of fieldsOf(form)) if (value !== "") chosen.set(name, value);
    location.hash = chosen.size === 0 ? "records" : `records?${chosen}`;
  };
  form.onsubmit = (event) => event.preventDefault();

  return {
    /** Shows the filter of the URL in the form. */
    show(filter: URLSearchParams, titles: AgentTitles): void {
      for (const field of fieldsOf(form)) {
        if (field.name === "agent") {
          field.replaceChildren(
            new Option("All agents", ""),
            ...[...titles].map(([name, title]) => new Option(title, name)),
          );
        }
        field.value = filter.get(field.name) ?? "";
        // The URL may contain a value that the form does not offer.
        if (field.selectedIndex === -1) field.value = "";
      }
    },
    /** The query parameters for `/api/calls`. */
    toQuery(filter: URLSearchParams): URLSearchParams {
      const query = new URLSearchParams();
      for (const { name } of fieldsOf(form)) {
        const value = filter.get(name);
        if (value === null) continue;
        if (name !== "days") query.set(name, value);
        else if (/^\d{1,4}$/.test(value)) query.set("from", midnight(Number(value) - 1));
      }
      return query;
    },
  };
}

function fieldsOf(form: HTMLFormElement): readonly HTMLSelectElement[] {
  return [...form.querySelectorAll("select")];
}

/** The start of the day `daysAgo` days ago, in the browser's time zone. */
function midnight(daysAgo: number): string {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - daysAgo);
  return day.toISOString();
}
