/// <reference lib="dom" />
import { fetchApi, RequestError } from "../apiClient.ts";
import { element } from "../elements.ts";
import { formatCount, formatDuration } from "../formats.ts";
import { readServerSentEvents } from "../live/serverSentEvents.ts";
import { Pace } from "../pace.ts";
import { t } from "../text.ts";
import { EventSearch, type KeptEvent } from "./eventSearch.ts";

/** How many are shown at a time: a page with more of them answers keys late. */
const STEP = 100;
const MAX_KEPT = 20_000;

/** Fills an open fold with all events of an ended call that the server still has. */
export function fillEvents(
  fold: HTMLDetailsElement,
  { id, startedAt, signal }: {
    readonly id: string;
    readonly startedAt: string;
    readonly signal: AbortSignal;
  },
): void {
  const list = element("ol", { className: "events" });
  const status = element("p", { className: "small", role: "status" });
  const search = element("input", { type: "search", maxLength: 200, autocomplete: "off" });
  const field = element("label", { className: "event-filter" }, [
    element("span", { textContent: t("Only events with") }),
    search,
  ]);
  const more = element("button", {
    type: "button",
    className: "older",
    textContent: t("Show more"),
    hidden: true,
  });
  let found: readonly KeptEvent[] = [];
  fold.append(field, status, list, more);
  let asked = false;
  more.onclick = () => show(list.childElementCount + STEP);
  fold.ontoggle = open;
  open();

  async function open(): Promise<void> {
    if (!fold.open || asked) return;
    asked = true;
    status.textContent = t("Loading …");
    try {
      const events = await load();
      field.hidden = events.length === 0;
      const known = new EventSearch(events);
      search.oninput = () => find(known);
      await find(known);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RequestError)) throw error;
      asked = false;
      status.textContent = error.message;
    }
  }

  async function load(): Promise<readonly KeptEvent[]> {
    const events: KeptEvent[] = [];
    const { status: code, body } = await fetchApi(`/api/calls/${id}/events`, { signal });
    if (code === 204 || body === null) return events;
    const pace = new Pace();
    for await (const { name, data } of readServerSentEvents(body)) {
      const { at, event } = JSON.parse(data);
      if (event !== undefined) {
        const atMs = Math.max(0, Date.parse(at) - Date.parse(startedAt));
        const text = JSON.stringify(event, undefined, 2);
        events.push({ atMs, type: name, text, folded: `${name}\n${text}`.toLowerCase() });
      }
      if (name === "ended" || events.length >= MAX_KEPT) break;
      const rest = pace.rest();
      if (rest !== undefined) await rest;
    }
    return events;
  }

  async function find(known: EventSearch): Promise<void> {
    const now = await known.find(search.value);
    if (now === undefined) return;
    found = now;
    list.replaceChildren();
    show(STEP);
  }

  function show(count: number): void {
    list.append(...found.slice(list.childElementCount, count).map(rowOf));
    const shown = list.childElementCount;
    more.hidden = shown === found.length;
    status.textContent = field.hidden
      ? t("The server keeps the events of this call no longer.")
      : more.hidden
      ? t("{count} events", { count: formatCount(shown) })
      : t("{count} events, of which the first {shown} are shown.", {
        count: formatCount(found.length),
        shown: formatCount(shown),
      });
  }
}

function rowOf({ atMs, type, text }: KeptEvent): HTMLElement {
  return element("li", {}, [
    element("details", {}, [
      element("summary", {}, [
        element("span", { className: "at", textContent: formatDuration(atMs) }),
        " ",
        element("code", { textContent: type }),
      ]),
      element("pre", { textContent: text }),
    ]),
  ]);
}
