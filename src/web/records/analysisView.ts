/// <reference lib="dom" />
import type { Analysis, Citation } from "../apiTypes.ts";
import { element } from "../elements.ts";
import { formatDuration } from "../formats.ts";
import { t } from "../text.ts";
import { VERDICTS, wordsOfName, wordsOfValue } from "./findingWords.ts";

const REASONS: Readonly<Record<string, string>> = {
  no_conversation: t("The caller said nothing."),
  too_short: t("The conversation was too short."),
  limit: t("The limit of the day was used up."),
  off: t("No model is set for it (ANALYSIS_MODEL)."),
  refused: t("The model refused to read it."),
  http_401: t("The key was refused."),
  http_429: t("The model's server was too busy."),
  timeout: t("The model did not answer in time."),
  unreachable: t("The model's server could not be reached."),
};

/**
 * What a model made of a call: summary, values and criteria, with a link to the line that shows each; empty
 * without an analysis. `reveal` shows a turn of the conversation.
 */
export function describeAnalysis(
  analysis: Analysis | null,
  reveal: (turnId: string) => void,
): readonly HTMLElement[] {
  if (analysis === null) return [];
  const { state, reason, summary, fields, success, passed } = analysis;
  const verdict = passed === null ? [] : [element("span", {
    className: passed ? "verdict pass" : "verdict fail",
    textContent: passed ? t("Passed") : t("Not passed"),
  })];
  const heading = element("div", { className: "head" }, [
    element("h2", { textContent: t("Analysis") }),
    ...verdict,
  ]);
  const values = Object.entries(fields).map(([name, { value, ...citation }]) =>
    row(wordsOfName(name), value === null ? "—" : wordsOfValue(value), citation)
  );
  const criteria = Object.entries(success).map(([name, { result, reason, ...citation }]) =>
    row(
      wordsOfName(name),
      `${VERDICTS[result]}${reason === "" ? "" : `: ${reason}`}`,
      citation,
      result,
    )
  );
  return [
    heading,
    ...(state === "done" ? [] : [note(describeState(state, reason))]),
    ...(summary === null ? [] : [element("p", { className: "summary", textContent: summary })]),
    ...[values, criteria].filter((rows) => rows.length > 0)
      .map((rows) => element("dl", { className: "findings" }, rows)),
  ];

  function row(
    name: string,
    text: string,
    { turnId, atMs }: Citation,
    className = "",
  ): HTMLElement {
    const link = element("button", {
      type: "button",
      className: "link",
      textContent: atMs === undefined ? "" : formatDuration(atMs),
      title: t("Show where this was said"),
    });
    if (turnId !== undefined) link.onclick = () => reveal(turnId);
    const isLinked = turnId !== undefined && atMs !== undefined;
    return element("div", { className }, [
      element("dt", { textContent: name }),
      element("dd", {}, isLinked ? [text, " ", link] : [text]),
    ]);
  }
}

function note(textContent: string): HTMLElement {
  return element("p", { className: "caption", textContent });
}

function describeState(state: Analysis["state"], reason: string | null): string {
  const why = reason === null ? "" : REASONS[reason] ?? `(${reason.replaceAll("_", " ")})`;
  switch (state) {
    case "pending":
      return why === "" ? t("Being made…") : `${t("Not made yet, and tried again.")} ${why}`;
    case "skipped":
      return `${t("Not made.")} ${why}`;
    default:
      return `${t("Could not be made.")} ${why}`;
  }
}
