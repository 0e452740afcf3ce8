/// <reference lib="dom" />
import type { CallDetail, HeardPromise, MustHear } from "../apiTypes.ts";
import { element } from "../elements.ts";
import { formatDayWithin, formatDuration } from "../formats.ts";
import { foldedTable } from "./recordTables.ts";
import { t } from "../text.ts";

/** What the person had agreed to before the call, and that they want no more of them; empty without either. */
export function agreements(
  { consent, optOut }: Pick<CallDetail, "consent" | "optOut">,
): readonly HTMLElement[] {
  const lines = [
    ...(optOut === null ? [] : [
      t("Wants no more calls, at {at}: {how}", {
        at: formatDuration(optOut.atMs),
        how: optOut.by === "key"
          ? t("key {key}", { key: optOut.words ?? "" })
          : optOut.words == null
          ? t("as the agent understood")
          : t("“{words}”", { words: optOut.words }),
      }),
    ]),
    ...(consent === null ? [] : [
      [
        t("Consent of {day}, {source}", {
          day: formatDayWithin(consent.at, new Date()),
          source: consent.source,
        }),
        ...(consent.text === null ? [] : [t("“{words}”", { words: consent.text })]),
      ].join(": "),
    ]),
  ];
  return lines.map((textContent) => element("p", { className: "agreement", textContent }));
}

/** The sentences that the caller had to hear, with their proof; empty without any. */
export function mustHearTable(
  { mustHear, answeredAt }: Pick<CallDetail, "mustHear" | "answeredAt">,
): readonly HTMLElement[] {
  // Where nobody answered there was nobody to hear it.
  if (mustHear.length === 0 || answeredAt === null) return [];
  const unheard = mustHear.filter(({ heard }) => !heard).length;
  return [foldedTable(
    unheard === 0
      ? t("Must be heard: all heard")
      : t("Must be heard: {count} not heard", { count: unheard }),
    [t("Sentence"), t("Heard"), t("Said")],
    mustHear.map((
      one,
    ) => [
      one.text,
      heardAt(one),
      one.times === 1 ? t("once") : t("{count} times", { count: one.times }),
    ]),
    t("Heard means that the caller's line had played the sentence to its last word."),
  )];
}

/** What the agent has committed to, as far as the caller heard it; empty without any. */
export function promiseTable({ promises }: Pick<CallDetail, "promises">): readonly HTMLElement[] {
  if (promises.length === 0) return [];
  return [foldedTable(
    t("Promises: {count}", { count: promises.length }),
    [t("Sentence"), t("Kind"), t("At")],
    promises.map(({ sentence, kind, fromMs }) => [sentence, KINDS[kind], formatDuration(fromMs)]),
    t("Prices, times and call-backs that the agent stated and the caller heard to the end."),
  )];
}

const KINDS: Readonly<Record<HeardPromise["kind"], string>> = {
  price: t("Price"),
  time: t("Time"),
  callback: t("Call-back"),
};

function heardAt({ fromMs, toMs }: MustHear): string {
  if (fromMs === null || toMs === null) return t("not heard");
  return t("{from} to {to}", { from: formatDuration(fromMs), to: formatDuration(toMs) });
}
