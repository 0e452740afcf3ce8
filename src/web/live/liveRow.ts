/// <reference lib="dom" />
import type { CallEvent, CallSummary } from "../apiTypes.ts";
import { describeDirection, describeParty } from "../callTexts.ts";
import { element } from "../elements.ts";
import { ActiveSpeaker } from "./activeSpeaker.ts";
import { formatDuration } from "../talk/talkTexts.ts";

/** One live call: party, agent, duration, who speaks and the last line of the transcript. */
export interface LiveRow {
  readonly element: HTMLElement;
  readonly startedAt: string;
  show(call: LiveCallFacts, titles: ReadonlyMap<string, string>): void;
  apply(event: CallEvent): void;
  /** Shows the duration at `now`, in milliseconds since 1970. */
  tick(now: number): void;
}

/** What the `started` event contains; the numbers follow with the record. */
type LiveCallFacts =
  & Pick<CallSummary, "id" | "direction" | "agent" | "status" | "startedAt">
  & Partial<Pick<CallSummary, "from" | "to">>;

/** Creates the row of a call; `startedAt` is ISO 8601. */
export function createLiveRow(id: string, startedAt: string): LiveRow {
  const clock = element("span", { className: "at" });
  const who = element("span", { className: "who" });
  const way = element("span", { className: "way" });
  const last = element("span", { className: "last" });
  const state = element("span", { className: "state" });
  const lamp = element("span", { className: "lamp" });
  const aside = element("span", { className: "aside" }, [lamp, state]);
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
      showState();
    },
    apply(event) {
      speaker.apply(event);
      if (event.type === "connected") status = "live";
      if (event.type === "turn" && event.turn.text !== "") {
        last.textContent = event.turn.text;
        last.className = `last ${event.turn.role}`;
      }
      showState();
    },
    tick(now) {
      const lasted = Math.max(0, now - Date.parse(startedAt));
      clock.textContent = status === "queued" ? "" : formatDuration(lasted);
    },
  };

  function showState(): void {
    const isOn = status === "live";
    row.dataset.state = isOn ? speaker.who : "wait";
    state.textContent = isOn ? STATES[speaker.who] : status === "queued" ? "Waiting" : "Ringing";
  }
}

const STATES = { agent: "Agent speaks", caller: "Caller speaks", listen: "Silence" } as const;
