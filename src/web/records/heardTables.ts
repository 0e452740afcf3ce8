/// <reference lib="dom" />
import type { CallDetail, HeardPromise, MustHear } from "../apiTypes.ts";
import { element } from "../elements.ts";
import { formatDay, formatDuration } from "../formats.ts";
import { foldedTable } from "./recordTables.ts";

/** What the person had agreed to before the call, and that they want no more of them; empty without either. */
export function agreements(
  { consent, optOut }: Pick<CallDetail, "consent" | "optOut">,
): readonly HTMLElement[] {
  const lines = [
    ...(optOut === null ? [] : [
      `Wants no more calls, at ${formatDuration(optOut.atMs)}: ${
        optOut.by === "key"
          ? `key ${optOut.words ?? ""}`
          : optOut.words === null
          ? "as the agent understood"
          : `“${optOut.words}”`
      }`,
    ]),
    ...(consent === null ? [] : [
      `Consent of ${formatDay(consent.at, new Date())}, ${consent.source}${
        consent.text === null ? "" : `: “${consent.text}”`
      }`,
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
    unheard === 0 ? "Must be heard: all heard" : `Must be heard: ${unheard} not heard`,
    ["Sentence", "Heard", "Said"],
    mustHear.map((
      one,
    ) => [one.text, heardAt(one), one.times === 1 ? "once" : `${one.times} times`]),
    "Heard means that the caller's line had played the sentence to its last word.",
  )];
}

/** What the agent has committed to, as far as the caller heard it; empty without any. */
export function promiseTable({ promises }: Pick<CallDetail, "promises">): readonly HTMLElement[] {
  if (promises.length === 0) return [];
  return [foldedTable(
    `Promises: ${promises.length}`,
    ["Sentence", "Kind", "At"],
    promises.map(({ sentence, kind, fromMs }) => [sentence, KINDS[kind], formatDuration(fromMs)]),
    "Prices, times and call-backs that the agent stated and the caller heard to the end.",
  )];
}

const KINDS: Readonly<Record<HeardPromise["kind"], string>> = {
  price: "Price",
  time: "Time",
  callback: "Call-back",
};

function heardAt({ fromMs, toMs }: MustHear): string {
  if (fromMs === null || toMs === null) return "not heard";
  return `${formatDuration(fromMs)} to ${formatDuration(toMs)}`;
}
