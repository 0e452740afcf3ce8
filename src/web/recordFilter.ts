/// <reference lib="dom" />

/** The form by which the records are narrowed; what it says stands in the address. */
export interface RecordFilter {
  show(filter: URLSearchParams, titles: ReadonlyMap<string, string>): void;
  /** What the API is to be asked. */
  queryOf(filter: URLSearchParams): URLSearchParams;
}

export function createRecordFilter(form: HTMLFormElement): RecordFilter {
  form.onchange = () => {
    const chosen = new URLSearchParams();
    for (const { name, value } of fieldsOf(form)) if (value !== "") chosen.set(name, value);
    location.hash = chosen.size === 0 ? "records" : `records?${chosen}`;
  };
  form.onsubmit = (event) => event.preventDefault();

  return {
    show(filter, titles) {
      for (const field of fieldsOf(form)) {
        if (field.name === "agent") {
          field.replaceChildren(
            new Option("All agents", ""),
            ...[...titles].map(([name, title]) => new Option(title, name)),
          );
        }
        field.value = filter.get(field.name) ?? "";
        // An address may name what the form does not have.
        if (field.selectedIndex === -1) field.value = "";
      }
    },
    queryOf(filter) {
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

/** The beginning of the day so many days ago, where the reader is. */
function midnight(daysAgo: number): string {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - daysAgo);
  return day.toISOString();
}
