/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import { element, find } from "../elements.ts";
import { formatDay, formatTime } from "../formats.ts";
import { problemText } from "../problemText.ts";
import { t } from "../text.ts";
import { AUDIT_ACTIONS } from "./auditTexts.ts";
import { showSessions } from "./sessionList.ts";

/** An entry of `GET /api/audit`. */
interface Entry {
  readonly at: string;
  readonly key: string | null;
  readonly action: string;
  readonly subject: string | null;
  readonly outcome: "done" | "refused";
  readonly refusal: string | null;
  readonly times: number;
}

interface EntryPage {
  readonly entries: readonly Entry[];
  readonly nextCursor: string | null;
}

/**
 * Creates the list of who did what, the newest first. What is chosen is the query behind `#audit` in the URL.
 * Throws `RequestError`.
 */
export function createAuditView(): (chosen: URLSearchParams, signal: AbortSignal) => Promise<void> {
  const form = find("audit-filter", HTMLFormElement);
  const list = find("audit-list", HTMLElement);
  const empty = find("audit-empty", HTMLElement);
  const problem = find("audit-problem", HTMLElement);
  const older = find("audit-older", HTMLButtonElement);
  const fields = [...form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")];

  form.onsubmit = (event) => event.preventDefault();
  form.onchange = () => {
    if (!form.reportValidity()) return;
    const query = new URLSearchParams();
    for (const { name, value } of fields) if (value.trim() !== "") query.set(name, value.trim());
    location.hash = query.size === 0 ? "audit" : `audit?${query}`;
  };

  return async function showAudit(chosen, signal) {
    problem.textContent = "";
    const shown: Entry[] = [];
    const [{ keys }, people] = await Promise.all([
      fetchApiJson<{ readonly keys: readonly { readonly name: string }[] }>("/api/keys", {
        signal,
      }),
      showSessions(signal, tell),
      load(),
    ]);
    if (!signal.aborted) showFilter(chosen, namesOf(keys, people, shown));

    async function load(cursor?: string): Promise<void> {
      const query = queryOf(chosen);
      if (cursor !== undefined) query.set("cursor", cursor);
      const page = await fetchApiJson<EntryPage>(`/api/audit?${query}`, { signal });
      if (signal.aborted) return;
      shown.push(...page.entries);
      list.replaceChildren(...daysOf(shown));
      empty.hidden = shown.length > 0;
      older.hidden = page.nextCursor === null;
      older.onclick = () => load(page.nextCursor ?? undefined).catch(tell);
    }

    function tell(error: unknown): void {
      if (!signal.aborted) problem.textContent = problemText(error);
    }
  };

  function showFilter(chosen: URLSearchParams, keys: readonly string[]): void {
    for (const field of fields) {
      const value = chosen.get(field.name) ?? "";
      if (field.name === "key") {
        const names = value === "" || keys.includes(value) ? keys : [...keys, value];
        field.replaceChildren(
          new Option(t("All keys and people"), ""),
          ...names.map((it) => new Option(it)),
        );
      }
      if (field.name === "action") {
        field.replaceChildren(
          new Option(t("All actions"), ""),
          ...Object.entries(AUDIT_ACTIONS).map(([name, text]) => new Option(text, name)),
        );
      }
      field.value = value;
      if (field instanceof HTMLSelectElement && field.selectedIndex === -1) field.value = "";
    }
  }
}

/** The keys there are, and then the people who are signed in or have done what is shown. */
function namesOf(
  keys: readonly { readonly name: string }[],
  people: readonly string[],
  shown: readonly Entry[],
): readonly string[] {
  const others = new Set([...people, ...shown.flatMap(({ key }) => key ?? [])]);
  return [...new Set([...keys.map(({ name }) => name), ...[...others].sort()])];
}

/** The parameters of the API: days are those of the reader, and the last one counts whole. */
function queryOf(chosen: URLSearchParams): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of ["key", "action", "subject"]) {
    const value = chosen.get(name) ?? "";
    if (value !== "") query.set(name, value);
  }
  const from = new Date(`${chosen.get("from")}T00:00`);
  if (!Number.isNaN(from.getTime())) query.set("from", from.toISOString());
  const to = new Date(`${chosen.get("to")}T00:00`);
  if (!Number.isNaN(to.getTime())) {
    to.setDate(to.getDate() + 1);
    query.set("to", to.toISOString());
  }
  return query;
}

function daysOf(entries: readonly Entry[]): readonly HTMLElement[] {
  const now = new Date();
  const days = Map.groupBy(entries, ({ at }) => formatDay(at, now));
  return [...days].flatMap(([day, ofDay]) => [
    element("h2", { className: "day", textContent: day }),
    element("ul", { className: "rows audit" }, ofDay.map(rowOf)),
  ]);
}

function rowOf({ at, key, action, subject, outcome, refusal, times }: Entry): HTMLElement {
  const done = AUDIT_ACTIONS[action] ?? action;
  const isRepeated = outcome === "done" && times > 1;
  const what = isRepeated ? t("{done}, {times} times", { done, times }) : done;
  return element("li", {}, [
    element("time", { className: "at", dateTime: at, textContent: formatTime(at) }),
    element("span", { className: "who", textContent: key ?? t("Somebody") }),
    element("span", { className: "way" }, [
      subject === null ? what : `${what}: `,
      ...(subject === null ? [] : [linkOf(subject)]),
    ]),
    ...(outcome === "done" ? [] : [
      element("span", {
        className: "verdict fail",
        textContent: times === 1 ? t("Refused") : t("Refused {times} times", { times }),
        title: refusal ?? "",
      }),
    ]),
  ]);
}

/** What the entry is about; calls and batches have a view of their own. */
function linkOf(subject: string): Node | string {
  if (subject.startsWith("call_")) {
    return element("a", { href: `#records/${subject}`, textContent: subject });
  }
  if (subject.startsWith("batch_")) {
    return element("a", { href: `#batches/${subject}`, textContent: subject });
  }
  return subject;
}
