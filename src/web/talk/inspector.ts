/// <reference lib="dom" />
import { element } from "../elements.ts";
import { formatCount } from "../formats.ts";
import { t } from "../text.ts";
import type { EventLog, LoggedEvent } from "./eventLog.ts";

/**
 * Shows the events of the page's calls in a panel, for developers: filtered by type and text, paused, and
 * copied as JSON.
 */
export function createInspector(panel: HTMLElement, log: EventLog, onClose: () => void) {
  const type = element("select", { ariaLabel: t("Type") }, [
    element("option", { value: "", textContent: t("All types") }),
  ]);
  const text = element("input", {
    type: "search",
    ariaLabel: t("Text in the events"),
    placeholder: t("Find"),
    autocomplete: "off",
  });
  const pause = button(t("Pause"), () => setPaused(!isPaused));
  const count = element("span", { className: "inspector-count" });
  const said = element("span", { className: "inspector-said", role: "status" });
  const rows = element("ol", { className: "events", tabIndex: 0, ariaLabel: t("Events") });
  const byId = new Map<number, HTMLElement>();
  const types = new Set<string>();
  let isPaused = false;
  let isOpen = false;

  type.onchange = text.oninput = fill;
  pause.ariaPressed = "false";
  panel.replaceChildren(
    element("div", { className: "inspector-tools" }, [
      type,
      text,
      pause,
      button(t("Copy all"), () => copy(log.events.filter(isWanted).map(plain))),
      button(t("Empty"), () => {
        log.clear();
        fill();
      }),
      button(t("Close"), onClose),
      count,
      said,
    ]),
    rows,
  );
  log.onEvent = (event) => {
    if (isOpen && !isPaused) show(event);
  };

  return {
    open(): void {
      isOpen = true;
      fill();
      text.focus();
    },
    /** Nothing is drawn until it is opened again; the events are kept all the same. */
    close(): void {
      isOpen = false;
      rows.replaceChildren();
      byId.clear();
    },
  };

  function setPaused(paused: boolean): void {
    isPaused = paused;
    pause.ariaPressed = String(paused);
    if (!paused) fill();
  }

  function fill(): void {
    rows.replaceChildren();
    byId.clear();
    for (const event of log.events) show(event);
    showCount();
  }

  function show(event: LoggedEvent): void {
    offerType(event.type);
    if (!isWanted(event)) return;
    const follows = rows.scrollHeight - rows.scrollTop - rows.clientHeight < 40;
    const known = byId.get(event.id);
    const row = rowOf(event, known?.querySelector("details")?.open === true);
    if (known === undefined) rows.append(row);
    else known.replaceWith(row);
    byId.set(event.id, row);
    while (rows.childElementCount > log.events.length) {
      const [first] = byId.keys();
      rows.firstElementChild?.remove();
      if (first !== undefined) byId.delete(first);
    }
    if (follows) rows.scrollTop = rows.scrollHeight;
    showCount();
  }

  function offerType(name: string): void {
    if (types.has(name) || types.size >= MAX_TYPES) return;
    types.add(name);
    type.append(element("option", { value: name, textContent: name }));
  }

  function isWanted(event: LoggedEvent): boolean {
    if (type.value !== "" && event.type !== type.value) return false;
    const wanted = text.value.trim().toLowerCase();
    return wanted === "" || JSON.stringify(event.value).toLowerCase().includes(wanted);
  }

  function showCount(): void {
    count.textContent = t("{shown} of {all}", {
      shown: formatCount(rows.childElementCount),
      all: formatCount(log.events.length),
    });
  }

  function rowOf(event: LoggedEvent, open: boolean): HTMLElement {
    const { at, from, type, value } = event;
    const { type: _, ...rest } = value;
    const head = element("summary", {}, [
      element("span", { className: "event-at", textContent: (at / 1000).toFixed(3) }),
      element("span", { className: `event-from ${from}`, textContent: SOURCES[from] }),
      element("b", { textContent: type }),
      element("span", {
        className: "event-brief",
        textContent: JSON.stringify(rest).slice(0, BRIEF_CHARS),
      }),
    ]);
    const details = element("details", { open }, [head]);
    const fillDetails = () => {
      if (!details.open || details.childElementCount > 1) return;
      details.append(
        element("pre", { textContent: JSON.stringify(value, null, 2), tabIndex: 0 }),
        button(t("Copy"), () => copy(plain(event))),
      );
    };
    details.ontoggle = fillDetails;
    fillDetails();
    return element("li", {}, [details]);
  }

  async function copy(value: unknown): Promise<void> {
    try {
      await navigator.clipboard.writeText(JSON.stringify(value, null, 2));
      said.textContent = t("Copied.");
    } catch {
      said.textContent = t("The browser does not let this page copy. Select the text instead.");
    }
  }
}

const SOURCES: Readonly<Record<LoggedEvent["from"], string>> = {
  in: "←",
  out: "→",
  page: "·",
};
const BRIEF_CHARS = 200;
const MAX_TYPES = 100;

function plain({ at, from, value }: LoggedEvent): unknown {
  return { at: Math.round(at) / 1000, from, ...value };
}

function button(name: string, onclick: () => void): HTMLButtonElement {
  return element("button", { type: "button", textContent: name, onclick });
}
