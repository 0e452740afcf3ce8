/// <reference lib="dom" />
import type { CallDetail, CostPart, Savings, Usage } from "../apiTypes.ts";
import { element } from "../elements.ts";
import { formatCount, formatDuration, formatExactDollars, formatSpan } from "../formats.ts";
import { t } from "../text.ts";

/** The parts of each answer's latency, as a folded table. */
export function latencyTable(
  { latencies, turns }: Pick<CallDetail, "latencies" | "turns">,
): HTMLElement {
  const starts = new Map(turns.map(({ id, startedMs }) => [id, startedMs]));
  return foldedTable(
    t("Latency, turn by turn"),
    [t("Answer at"), t("Response"), t("First audio"), t("Heard"), t("Total")],
    latencies.map(({ turnId, responseMs, firstAudioMs, firstHeardMs, totalMs }) => {
      const start = starts.get(turnId);
      return [
        start === undefined ? "—" : formatDuration(start),
        formatSpan(responseMs),
        formatSpan(firstAudioMs),
        firstHeardMs === null ? "—" : formatSpan(firstHeardMs),
        formatSpan(totalMs),
      ];
    }),
    t(
      "From the caller's last word to the agent's first; each part is counted from the one before.",
    ),
  );
}

/** Tokens and cost by kind, as a folded table. */
export function costTable(
  { usage, cost, savings }: Pick<CallDetail, "usage" | "cost" | "savings">,
): readonly HTMLElement[] {
  const rows: readonly (readonly [string, CostPart, ...string[]])[] = [
    [t("Text"), "text", ...tokens(usage.inputText, usage.cachedText, usage.outputText)],
    [t("Audio"), "audio", ...tokens(usage.inputAudio, usage.cachedAudio, usage.outputAudio)],
    [t("Transcription"), "transcription", ...transcription(usage)],
    [t("Telephony"), "telephony", "", "", ""],
    ...(cost?.parts.analysis === undefined
      ? []
      : [[t("Analysis"), "analysis", "", "", ""] as const]),
  ];
  return [foldedTable(
    t("Tokens and cost"),
    [t("Kind"), t("In"), t("Cached"), t("Out"), t("Cost")],
    rows.map((
      [name, part, ...counts],
    ) => [name, ...counts, formatExactDollars(cost?.parts[part] ?? null)]),
    [
      t(
        "Counts are tokens unless a unit is given; cached tokens are included in the input. A dash means that the price is not known.",
      ),
      ...savedSentence(savings),
    ].join(" "),
  )];
}

function savedSentence(savings: Savings | null): readonly string[] {
  if (savings === null) return [];
  const { inputText, inputAudio, usd } = savings;
  const tokens = formatCount(Math.max(0, inputText + inputAudio));
  if (usd === null) {
    return [
      t("Words took the place of old sound, which saved about {tokens} tokens of input.", {
        tokens,
      }),
    ];
  }
  // In a short call more of the conversation is read anew than is saved.
  const dollars = formatExactDollars(Math.abs(usd));
  return [
    usd < 0
      ? t(
        "Words took the place of old sound, which saved about {tokens} tokens of input, but cost about {dollars} more.",
        { tokens, dollars },
      )
      : t(
        "Words took the place of old sound, which saved about {tokens} tokens of input and {dollars}.",
        { tokens, dollars },
      ),
  ];
}

/** In tokens or in seconds, whichever the transcription model bills. */
function transcription(usage: Usage): readonly string[] {
  const { transcriptionSeconds: seconds, transcriptionInput, transcriptionOutput } = usage;
  if (seconds > 0) return [`${formatCount(Math.round(seconds))} s`, "", ""];
  return [formatCount(transcriptionInput), "", formatCount(transcriptionOutput)];
}

function tokens(...counts: readonly number[]): readonly string[] {
  return counts.map(formatCount);
}

/** A table that is opened by a click on its name, with a note below it. */
export function foldedTable(
  name: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  note: string,
): HTMLElement {
  const cells = (row: readonly string[]) =>
    row.map((text, at) =>
      at === 0
        ? element("th", { scope: "row", textContent: text })
        : element("td", { textContent: text })
    );
  return element("details", { className: "folded" }, [
    element("summary", { textContent: name }),
    element("table", {}, [
      element("thead", {}, [
        element(
          "tr",
          {},
          columns.map((text) => element("th", { scope: "col", textContent: text })),
        ),
      ]),
      element("tbody", {}, rows.map((row) => element("tr", {}, cells(row)))),
    ]),
    element("p", { textContent: note }),
  ]);
}
