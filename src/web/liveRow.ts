/// <reference lib="dom" />
import type { CallEvent, CallSummary } from "./callAnswers.ts";
import { describeWay, nameParty } from "./recordTexts.ts";
import { element } from "./elements.ts";
import { createSpeaking } from "./activeSpeaker.ts";
import { formatDuration } from "./callTexts.ts";

/** One call in progress: who, with which agent, how long, who speaks and the last that was said. */
export interface LiveRow {
  readonly element: HTMLElement;
  readonly startedAt: string;
  show(call: LiveCallFacts, titles: ReadonlyMap<string, string>): void;
  tell(event: CallEvent): void;
  /** `now` is in milliseconds since 1970. */
  tick(now: number): void;
}

/** What an event tells of a call that begins; the rest is known later. */
type LiveCallFacts =
  & Pick<CallSummary, "id" | "direction" | "agent" | "status" | "startedAt">
  & Partial<Pick<CallSummary, "from" | "to">>;

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
  const speaking = createSpeaking();
  let status: CallSummary["status"] = "live";

  return {
    element: row,
    startedAt,
    show(call, titles) {
      const { direction, from = null, to = null } = call;
      const isKnown = direction === "web" || (direction === "inbound" ? from : to) !== null;
      if (isKnown || who.textContent === "") {
        who.textContent = nameParty({ direction, from, to });
      }
      way.textContent = describeWay(call, titles);
      status = call.status;
      showState();
    },
    tell(event) {
      speaking.tell(event);
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
    row.dataset.state = isOn ? speaking.who : "wait";
    state.textContent = isOn ? WORDS[speaking.who] : status === "queued" ? "Waiting" : "Ringing";
  }
}

const WORDS = { agent: "Agent speaks", caller: "Caller speaks", listen: "Silence" } as const;
