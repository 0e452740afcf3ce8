import { formatCount, formatDay, formatZonedTime } from "../formats.ts";
import type { BatchSummary } from "./batchTypes.ts";

/** What a batch is called. */
export function nameOf({ name, total }: Pick<BatchSummary, "name" | "total">): string {
  return name ?? (total === 1 ? "1 call" : `${formatCount(total)} calls`);
}

/** Its state in a word or a few. */
export function stateOf(
  { state, pauseReason, startsAt }: Pick<BatchSummary, "state" | "pauseReason" | "startsAt">,
): string {
  switch (state) {
    case "scheduled":
      return startsAt === null ? "Waits" : `Begins ${momentOf(startsAt)}`;
    case "running":
      return "Running";
    case "paused":
      return pauseReason === "failures"
        ? "Paused: too many calls fail"
        : pauseReason === "spend"
        ? "Paused: its dollars are spent"
        : "Paused";
    case "cancelled":
      return "Cancelled";
    case "done":
      return "Done";
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

/** How a call of a batch stands or ended. */
export function outcomeText(state: string, detail: string | null): string {
  const known = OUTCOMES[detail ?? ""] ?? OUTCOMES[state];
  return known ?? (detail === null || detail === "" ? state : detail.replaceAll("_", " "));
}

/** The same of an item that nothing follows, so that it stands by itself. */
export function endText(state: string, detail: string): string {
  const text = outcomeText(state, detail);
  return state === "refused" ? `Refused: ${text.toLowerCase()}` : text;
}

const OUTCOMES: Readonly<Record<string, string>> = {
  human: "Answered by a person",
  answered: "Answered",
  voicemail: "Message left on a machine",
  machine: "Answering machine",
  busy: "Busy",
  no_answer: "Not answered",
  failed: "Failed",
  unknown: "Not known",
  cancelled: "Cancelled",
  expired: "Not dialled in time",
  erased: "Erased",
  do_not_call: "On the do-not-call list",
  pending: "Waits",
  placing: "In the queue",
  placed: "In a call",
};
