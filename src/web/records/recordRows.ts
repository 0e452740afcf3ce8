/// <reference lib="dom" />
import type { AgentTitles } from "../apiTypes.ts";
import type { ListedCall } from "./listTypes.ts";
import { describeDirection, describeEnd, describeParty } from "../callTexts.ts";
import { element } from "../elements.ts";
import { formatDay, formatDollars, formatDuration, formatTime } from "../formats.ts";
import { describeFound } from "./foundWords.ts";
import { lengthOf } from "./lengthOf.ts";
import { t } from "../text.ts";

/** The rows of the records in a list element. */
export class RecordRows {
  readonly #list: HTMLElement;
  #size = 0;
  #day: string | undefined;
  #dayRows = element("ul");

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds calls behind those shown: by the days on which they began, or else with the day in each row. */
  append(
    calls: readonly ListedCall[],
    { titles, byDay }: { readonly titles: AgentTitles; readonly byDay: boolean },
  ): void {
    const now = new Date();
    for (const call of calls) {
      const began = formatDay(call.startedAt, now);
      const day = byDay ? began : "";
      if (day !== this.#day) {
        this.#day = day;
        this.#dayRows = element("ul", { className: "rows" });
        if (byDay) this.#list.append(element("h2", { className: "day", textContent: day }));
        this.#list.append(this.#dayRows);
      }
      this.#dayRows.append(createRow(call, titles, byDay ? [] : [began]));
      this.#size++;
    }
  }

  clear(): void {
    this.#size = 0;
    this.#day = undefined;
    this.#list.replaceChildren();
  }
}

function createRow(
  call: ListedCall,
  titles: AgentTitles,
  day: readonly string[],
): HTMLElement {
  const lengthMs = lengthOf(call);
  const isOver = call.status === "ended";
  const about = element("span", { className: "about" }, [
    element("span", { className: "who", textContent: describeParty(call) }),
    element("span", {
      className: "way",
      textContent: [describeDirection(call, titles), ...day].join(" · "),
    }),
    element("span", { className: "end", textContent: describeEnd(call.end, call) }),
    ...(call.found === undefined ? [] : [describeFound(call.found)]),
    ...(call.tags.length === 0
      ? []
      : [element("span", { className: "tags", textContent: call.tags.join(" · ") })]),
  ]);
  const aside = element("span", { className: "aside" }, [
    element("span", {
      className: "length",
      textContent: lengthMs === null ? "" : formatDuration(lengthMs),
    }),
    element("span", {
      className: "cost",
      textContent: isOver ? formatDollars(call.cost?.usd ?? null) : "",
      title: call.cost?.usd == null ? t("The price is not known") : "",
    }),
    ...(call.passed === null ? [] : [
      element("span", {
        className: call.passed ? "verdict pass" : "verdict fail",
        textContent: call.passed ? t("Passed") : t("Not passed"),
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
