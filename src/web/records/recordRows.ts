/// <reference lib="dom" />
import type { AgentTitles, CallSummary } from "../apiTypes.ts";
import { describeDirection, describeEnd, describeParty } from "../callTexts.ts";
import { element } from "../elements.ts";
import { formatDay, formatDollars, formatDuration, formatTime } from "../formats.ts";
import { lengthOf } from "./lengthOf.ts";

/** The rows of the records in a list element, grouped by the day on which the calls began. */
export class RecordRows {
  readonly #list: HTMLElement;
  #size = 0;
  #day = "";
  #dayRows = element("ul");

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds calls, which must be older than those shown. */
  append(calls: readonly CallSummary[], titles: AgentTitles): void {
    const now = new Date();
    for (const call of calls) {
      const day = formatDay(call.startedAt, now);
      if (day !== this.#day) {
        this.#day = day;
        this.#dayRows = element("ul", { className: "rows" });
        const heading = element("h2", { className: "day", textContent: day });
        this.#list.append(heading, this.#dayRows);
      }
      this.#dayRows.append(createRow(call, titles));
      this.#size++;
    }
  }

  clear(): void {
    this.#size = 0;
    this.#day = "";
    this.#list.replaceChildren();
  }
}

function createRow(call: CallSummary, titles: AgentTitles): HTMLElement {
  const lengthMs = lengthOf(call);
  const isOver = call.status === "ended";
  const about = element("span", { className: "about" }, [
    element("span", { className: "who", textContent: describeParty(call) }),
    element("span", { className: "way", textContent: describeDirection(call, titles) }),
    element("span", { className: "end", textContent: describeEnd(call.end, call) }),
  ]);
  const aside = element("span", { className: "aside" }, [
    element("span", {
      className: "length",
      textContent: lengthMs === null ? "" : formatDuration(lengthMs),
    }),
    element("span", {
      className: "cost",
      textContent: isOver ? formatDollars(call.cost?.usd ?? null) : "",
      title: call.cost?.usd == null ? "The price is not known" : "",
    }),
    ...(call.passed === null ? [] : [
      element("span", {
        className: call.passed ? "verdict pass" : "verdict fail",
        textContent: call.passed ? "Passed" : "Not passed",
      }),
    ]),
  ]);
  return element("li", {}, [
    element("a", { href: `#${isOver ? "records" : "calls"}/${call.id}` }, [
      element("time", {
        className: "at",
        dateTime: call.startedAt,
        textContent: formatTime(call.startedAt),
      }),
      about,
      aside,
    ]),
  ]);
}
