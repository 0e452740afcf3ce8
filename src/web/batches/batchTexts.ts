import { formatCount, formatDay, formatDayWithin, formatZonedTime } from "../formats.ts";
import { language, t } from "../text.ts";
import type { BatchSummary } from "./batchTypes.ts";

/** What a batch is called. */
export function nameOf({ name, total }: Pick<BatchSummary, "name" | "total">): string {
  return name ??
    (total === 1
      ? t("{total} call", { total })
      : t("{total} calls", { total: formatCount(total) }));
}

/** Its state in a word or a few. */
export function stateOf(
  { state, pauseReason, startsAt }: Pick<BatchSummary, "state" | "pauseReason" | "startsAt">,
): string {
  switch (state) {
    case "scheduled":
      return startsAt === null
        ? t("Waiting")
        : t("Begins {moment}", { moment: momentWithin(startsAt) });
    case "running":
      return t("Running");
    case "paused":
      return pauseReason === "failures"
        ? t("Paused: too many calls fail")
        : pauseReason === "spend"
        ? t("Paused: its dollars are spent")
        : t("Paused");
    case "cancelled":
      return t("Cancelled");
    case "done":
      return t("Done");
  }
}

/** How many items nothing follows. */
export function doneOf({ total, progress }: Pick<BatchSummary, "total" | "progress">): number {
  return total - progress.pending - progress.placing - progress.placed;
}

/** A day and a time in the browser's zone: `Today, 14:05 GMT+1`. */
export function momentOf(moment: string): string {
  return `${formatDay(moment, new Date())}, ${formatZonedTime(moment)}`;
}

/** The same within a sentence: `today, 14:05 GMT+1`. */
export function momentWithin(moment: string): string {
  return `${formatDayWithin(moment, new Date())}, ${formatZonedTime(moment)}`;
}

/** How a call of a batch stands or ended. */
export function outcomeText(state: string, detail: string | null): string {
  const known = OUTCOMES[detail ?? ""] ?? OUTCOMES[state];
  return known ?? (detail === null || detail === "" ? state : detail.replaceAll("_", " "));
}

/** The same of an item that nothing follows, so that it stands by itself. */
export function endText(state: string, detail: string): string {
  const text = outcomeText(state, detail);
  if (state !== "refused") return text;
  const reason = language === "en" ? text.toLowerCase() : text;
  return t("Refused: {reason}", { reason });
}

const OUTCOMES: Readonly<Record<string, string>> = {
  human: t("Answered by a person"),
  answered: t("Answered"),
  voicemail: t("Message left on a machine"),
  machine: t("Answering machine"),
  busy: t("Busy"),
  no_answer: t("Not answered"),
  failed: t("Failed"),
  unknown: t("Not known"),
  cancelled: t("Cancelled"),
  expired: t("Not dialled in time"),
  erased: t("Erased"),
  do_not_call: t("On the do-not-call list"),
  pending: t("Waiting"),
  placing: t("In the queue"),
  placed: t("In a call"),
};
