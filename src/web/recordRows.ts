/// <reference lib="dom" />
import type { CallSummary } from "./callAnswers.ts";
import {
  describeDirection,
  describeEnd,
  describeParty,
  formatDay,
  formatDollars,
  formatTime,
} from "./recordTexts.ts";
import { element } from "./elements.ts";
import { formatDuration } from "./callTexts.ts";

/** The rows of the records, grouped by the day on which the calls began. */
export interface RecordRows {
  readonly size: number;
  /** Adds calls, which must be older than those shown. */
  append(calls: readonly CallSummary[], titles: ReadonlyMap<string, string>): void;
  clear(): void;
}

/** Creates the rows in a list element. */
export function createRecordRows(list: HTMLElement): RecordRows {
  let size = 0;
  let day = "";
  let rows = element("ul");

  return {
    get size() {
      return size;
    },
    /** Adds calls, which must be older than those shown. */
    append(calls, titles) {
      const now = new Date();
      for (const call of calls) {
        const name = formatDay(call.startedAt, now);
        if (name !== day) {
          day = name;
          rows = element("ul", { className: "rows" });
          list.append(element("h2", { className: "day", textContent: name }), rows);
        }
        rows.append(createRow(call, titles));
        size++;
      }
    },
    clear() {
      size = 0;
      day = "";
      list.replaceChildren();
    },
  };
}

function createRow(call: CallSummary, titles: ReadonlyMap<string, string>): HTMLElement {
  const isOver = call.status === "ended";
  const about = element("span", { className: "about" }, [
    element("span", { className: "who", textContent: describeParty(call) }),
    element("span", { className: "way", textContent: describeDirection(call, titles) }),
    element("span", { className: "end", textContent: describeEnd(call.end) }),
  ]);
  const aside = element("span", { className: "aside" }, [
    element("span", {
      className: "length",
      textContent: call.durationMs === null ? "" : formatDuration(call.durationMs),
    }),
    element("span", {
      className: "cost",
      textContent: isOver ? formatDollars(call.cost?.usd ?? null) : "",
      title: call.cost?.usd == null ? "The price is not known" : "",
    }),
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
