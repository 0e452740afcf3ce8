/// <reference lib="dom" />
import { fetchApi, RequestError } from "../apiClient.ts";
import { element } from "../elements.ts";
import { formatCount, formatDuration } from "../formats.ts";
import { readServerSentEvents } from "../live/serverSentEvents.ts";
import { t } from "../text.ts";

/** More would make the page slow; a filter finds among all of them. */
const MAX_SHOWN = 500;
const MAX_KEPT = 20_000;

interface KeptEvent {
  readonly atMs: number;
  readonly type: string;
  /** JSON, as it came. */
  readonly text: string;
}

/** All events of an ended call that the server still has, in a fold: they are loaded when it is opened. */
export function eventList(
  { id, startedAt, signal }: {
    readonly id: string;
    readonly startedAt: string;
    readonly signal: AbortSignal;
  },
): HTMLElement {
  const list = element("ol", { className: "events" });
  const status = element("p", { className: "small", role: "status" });
  const search = element("input", { type: "search", maxLength: 200, autocomplete: "off" });
  const field = element("label", { className: "event-filter" }, [
    element("span", { textContent: t("Only events with") }),
    search,
  ]);
  const fold = element("details", { className: "folded" }, [
    element("summary", { textContent: t("Events") }),
    field,
    status,
    list,
  ]);
  let events: KeptEvent[] | undefined;
  search.oninput = show;
  fold.ontoggle = async () => {
    if (!fold.open || events !== undefined) return;
    events = [];
    status.textContent = t("Loading …");
    try {
      await load(events);
      show();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RequestError)) throw error;
      events = undefined;
      status.textContent = error.message;
    }
  };
  return fold;

  async function load(into: KeptEvent[]): Promise<void> {
    const { status: code, body } = await fetchApi(`/api/calls/${id}/events`, { signal });
    if (code === 204 || body === null) return;
    for await (const { name, data } of readServerSentEvents(body)) {
      const { at, event } = JSON.parse(data);
      if (event !== undefined) {
        const atMs = Math.max(0, Date.parse(at) - Date.parse(startedAt));
        into.push({ atMs, type: name, text: JSON.stringify(event, undefined, 2) });
      }
      if (name === "ended" || into.length >= MAX_KEPT) return;
    }
  }

  function show(): void {
    if (events === undefined) return;
    const wanted = search.value.trim().toLowerCase();
    const found = events.filter(({ type, text }) =>
      `${type}\n${text}`.toLowerCase().includes(wanted)
    );
    field.hidden = events.length === 0;
    status.textContent = events.length === 0
      ? t("The server keeps the events of this call no longer.")
      : found.length > MAX_SHOWN
      ? t("{count} events, of which the first {shown} are shown.", {
        count: formatCount(found.length),
        shown: formatCount(MAX_SHOWN),
      })
      : t("{count} events", { count: formatCount(found.length) });
    list.replaceChildren(...found.slice(0, MAX_SHOWN).map(rowOf));
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
