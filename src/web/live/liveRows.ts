/// <reference lib="dom" />
import type { AgentTitles, CallSummary, TimedLine } from "../apiTypes.ts";
import type { CallEvent } from "../callEvents.ts";
import { describeDirection, describeParty } from "../callTexts.ts";
import { element } from "../elements.ts";
import { formatDollars, formatDuration } from "../formats.ts";
import { t } from "../text.ts";
import { ActiveSpeaker } from "./activeSpeaker.ts";

/** The rows of the live calls in a list element, the oldest first. */
export class LiveRows {
  readonly #list: HTMLElement;
  readonly #rows = new Map<string, LiveRow>();
  /** Added by an event; the server may not list them yet. */
  readonly #unlisted = new Set<string>();
  /** Removed by an event; the server may still list them. */
  readonly #ended = new Set<string>();
  #titles: AgentTitles = new Map();

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Removes all rows. */
  reset(titles: AgentTitles): void {
    this.#titles = titles;
    this.#list.replaceChildren();
    for (const known of [this.#rows, this.#unlisted, this.#ended]) known.clear();
  }

  /** Applies the list that the server has just returned; returns the live calls that were not shown before. */
  replace(calls: readonly CallSummary[]): readonly string[] {
    const added = calls.filter(({ id, status }) =>
      status === "live" && !this.#rows.has(id) && !this.#ended.has(id)
    );
    const listed = new Set(calls.map(({ id }) => id));
    for (const id of [...this.#rows.keys()]) {
      if (!listed.has(id) && !this.#unlisted.has(id)) this.#remove(id);
    }
    for (const id of this.#ended) if (!listed.has(id)) this.#ended.delete(id);
    for (const call of calls) {
      this.#unlisted.delete(call.id);
      if (!this.#ended.has(call.id)) this.#show(call);
    }
    return added.map(({ id }) => id);
  }

  /** The last line of a call so far, where none has been shown since. */
  showLine(id: string, line: Pick<TimedLine, "role" | "text">): void {
    this.#rows.get(id)?.showLine(line);
  }

  /** Applies an event; returns whether the call should now be looked up in the list. */
  apply({ callId, at, event }: {
    readonly callId: string;
    readonly at: string;
    readonly event: CallEvent;
  }): boolean {
    if (event.type === "ended") {
      this.#ended.add(callId);
      this.#remove(callId);
      return false;
    }
    const isNew = (event.type === "started" || event.type === "resumed") && !this.#rows.has(callId);
    if (isNew) {
      this.#ended.delete(callId);
      this.#unlisted.add(callId);
      const { direction, agent } = event;
      const startedAt = event.type === "started"
        ? at
        : new Date(Date.parse(at) - event.afterMs).toISOString();
      this.#show({ id: callId, direction, agent, status: "live", startedAt });
    }
    this.#rows.get(callId)?.apply(event);
    return isNew || event.type === "connected";
  }

  /** Updates the durations. */
  tick(): void {
    const now = Date.now();
    for (const row of this.#rows.values()) row.tick(now);
  }

  #show(call: Parameters<LiveRow["show"]>[0]): void {
    const row = this.#rows.get(call.id) ?? this.#add(call.id, call.startedAt);
    row.show(call, this.#titles);
    row.tick(Date.now());
  }

  #add(id: string, startedAt: string): LiveRow {
    const row = createLiveRow(id, startedAt);
    const next = [...this.#rows.values()]
      .filter((other) => other.startedAt > startedAt)
      .sort((a, b) => a.startedAt < b.startedAt ? -1 : 1)[0];
    this.#list.insertBefore(row.element, next?.element ?? null);
    this.#rows.set(id, row);
    return row;
  }

  #remove(id: string): void {
    this.#rows.get(id)?.element.remove();
    this.#rows.delete(id);
    this.#unlisted.delete(id);
  }
}

/** One live call: party, agent, duration, who speaks and the last line of the transcript. */
interface LiveRow {
  readonly element: HTMLElement;
  readonly startedAt: string;
  show(call: LiveCallFacts, titles: AgentTitles): void;
  apply(event: CallEvent): void;
  /** Shows a line, unless one is shown. */
  showLine(line: Pick<TimedLine, "role" | "text">): void;
  /** Shows the duration at `now`, in milliseconds since 1970. */
  tick(now: number): void;
}

/** What the `started` event contains; the numbers follow with the record. */
type LiveCallFacts =
  & Pick<CallSummary, "id" | "direction" | "agent" | "status" | "startedAt">
  & Partial<Pick<CallSummary, "from" | "to" | "costSoFar">>;

/** Creates the row of a call; `startedAt` is ISO 8601. */
function createLiveRow(id: string, startedAt: string): LiveRow {
  const clock = element("span", { className: "at" });
  const who = element("span", { className: "who" });
  const way = element("span", { className: "way" });
  const last = element("span", { className: "last" });
  const state = element("span", { className: "state" });
  const cost = element("span", { className: "cost", title: t("Cost so far") });
  const lamp = element("span", { className: "lamp" });
  const aside = element("span", { className: "aside" }, [lamp, state, cost]);
  const link = element("a", { href: `#calls/${id}` }, [clock, who, aside, way, last]);
  const row = element("li", {}, [link]);
  const speaker = new ActiveSpeaker();
  let status: CallSummary["status"] = "live";

  return {
    element: row,
    startedAt,
    show(call, titles) {
      const { direction, from = null, to = null } = call;
      const isKnown = direction === "web" || (direction === "inbound" ? from : to) !== null;
      if (isKnown || who.textContent === "") {
        who.textContent = describeParty({ direction, from, to });
      }
      way.textContent = describeDirection(call, titles);
      status = call.status;
      if (call.costSoFar) cost.textContent = formatDollars(call.costSoFar);
      showState();
    },
    apply(event) {
      speaker.apply(event);
      if (event.type === "connected") status = "live";
      if (event.type === "turn" && event.turn.text !== "" && event.turn.by !== "whisper") {
        show(event.turn);
      }
      showState();
    },
    showLine(line) {
      if (last.textContent === "") show(line);
    },
    tick(now) {
      const lasted = Math.max(0, now - Date.parse(startedAt));
      clock.textContent = status === "queued" ? "" : formatDuration(lasted);
    },
  };

  function show({ role, text }: Pick<TimedLine, "role" | "text">): void {
    last.textContent = text;
    last.className = `last ${role}`;
  }

  function showState(): void {
    const isOn = status === "live";
    row.dataset.state = isOn ? speaker.who : "wait";
    state.textContent = isOn
      ? STATES[speaker.who]
      : status === "queued"
      ? t("Waiting")
      : t("Ringing");
  }
}

const STATES: Readonly<Record<ActiveSpeaker["who"], string>> = {
  agent: t("Agent speaks"),
  caller: t("Caller speaks"),
  listen: t("Silence"),
  hold: t("On hold"),
  menu: t("In a phone menu"),
  ringing: t("A person is called"),
  person: t("With a person"),
};
