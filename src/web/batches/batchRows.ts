/// <reference lib="dom" />
import type { AgentTitles } from "../apiTypes.ts";
import { element } from "../elements.ts";
import { formatCount, formatDay, formatDollars, formatDuration, formatTime } from "../formats.ts";
import { doneOf, momentWithin, nameOf, outcomeText, stateOf } from "./batchTexts.ts";
import type { BatchResult, BatchSummary, PreviewedCall } from "./batchTypes.ts";
import { loadServerTexts } from "../serverTexts.ts";
import { t } from "../text.ts";

const say = await loadServerTexts();

/** A batch in the list, with a link to its own view. */
export function batchRow(batch: BatchSummary, titles: AgentTitles): HTMLElement {
  const { batchId, agent, createdAt, state, total } = batch;
  const begun = `${formatDay(createdAt, new Date())}, ${formatTime(createdAt)}`;
  return element("li", {}, [
    element("a", { href: `#batches/${batchId}`, className: "batch" }, [
      element("span", { className: "about" }, [
        element("span", { className: "who", textContent: nameOf(batch) }),
        element("span", {
          className: "way",
          textContent: [...(agent === null ? [] : [titles.get(agent) ?? agent]), begun].join(" · "),
        }),
        element("span", { className: "end", textContent: stateOf(batch) }),
      ]),
      element("span", { className: "aside" }, [
        element("span", {
          className: "length",
          textContent: t("{done} of {all}", {
            done: formatCount(doneOf(batch)),
            all: formatCount(total),
          }),
        }),
        ...(state === "done" || state === "cancelled" ? [] : [progressBar(batch)]),
      ]),
    ]),
  ]);
}

/** How much of a batch is over. */
export function progressBar(batch: BatchSummary): HTMLProgressElement {
  return element("progress", {
    max: Math.max(1, batch.total),
    value: doneOf(batch),
    ariaLabel: t("{done} of {all} calls are over", { done: doneOf(batch), all: batch.total }),
  });
}

/** A line of a file that is called. */
export function acceptedRow(call: PreviewedCall): HTMLTableRowElement {
  const { state, notBefore, country, missingVariables: missing = [] } = call;
  const when = notBefore === undefined
    ? t("At once")
    : t("From {moment} on", { moment: momentWithin(notBefore) });
  const without = missing.map((name) => `{{${name}}}`).join(", ");
  return element("tr", { className: state }, [
    ...placeOf(call),
    element("td", { textContent: country ?? "" }),
    element("td", {
      className: "what",
      textContent: without === "" ? when : t("{when}, without {names}", { when, names: without }),
    }),
  ]);
}

/** A line of a file that is not. */
export function refusedRow(call: PreviewedCall): HTMLTableRowElement {
  const { column } = call;
  const error = call.error === undefined ? t("Refused") : say(call.error);
  return element("tr", { className: "refused" }, [
    ...placeOf(call),
    element("td", {
      className: "what",
      textContent: column === undefined ? error : `${column}: ${error}`,
    }),
  ]);
}

/** Calls that came as JSON stand on no line. */
function lineText(line: number | null | undefined): string {
  return line == null ? "" : String(line);
}

function placeOf({ line, to }: PreviewedCall): readonly HTMLElement[] {
  return [
    element("td", { className: "number", textContent: lineText(line) }),
    element("td", { className: "to", textContent: to }),
  ];
}

/** What came of one call. */
export function resultRow(result: BatchResult): HTMLTableRowElement {
  const { line, id, to, state, detail, error, dueAt, attempts } = result;
  const { durationSeconds, usd, callIds } = result;
  const callId = callIds.at(-1);
  const text = error === null ? outcomeText(state, detail) : say(error);
  const isOpen = state === "pending" || state === "placing" || state === "placed";
  const shown = state === "pending" && dueAt !== null ? waitText(result, dueAt) : text;
  return element("tr", { className: isOpen ? "open" : state }, [
    element("td", { className: "number", textContent: lineText(line) }),
    element("td", { className: "to" }, [
      callId === undefined ? to || t("Erased") : element("a", {
        href: isOpen ? `#calls/${callId}` : `#records/${callId}`,
        textContent: to || t("Erased"),
      }),
      ...(id === null ? [] : [element("span", { className: "note", textContent: id })]),
    ]),
    element("td", { className: "what", textContent: shown }),
    element("td", {
      className: "number",
      textContent: attempts > 1 ? t("{attempts} calls", { attempts }) : "",
    }),
    element("td", {
      className: "number",
      textContent: durationSeconds === null ? "" : formatDuration(durationSeconds * 1000),
    }),
    element("td", { className: "number", textContent: usd === null ? "" : formatDollars(usd) }),
  ]);
}

function waitText({ detail, attempts }: BatchResult, dueAt: string): string {
  const moment = momentWithin(dueAt);
  if (attempts === 0) return t("Waits until {moment}", { moment });
  return t("{outcome}, again {moment}", { outcome: outcomeText(detail ?? "", detail), moment });
}
