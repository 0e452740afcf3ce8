import type { TransferStep } from "./transferTypes.ts";
import { formatDuration } from "./formats.ts";

/** A line about a step of a transfer, for people. */
export function transferText(alias: string, step: TransferStep): string {
  switch (step.step) {
    case "requested":
      return `The call is to be transferred: ${alias}.`;
    case "ringing":
      return `${alias} is being called…`;
    case "answered":
      return `${alias} has picked up.`;
    case "accepted":
      return `${alias} takes the call.`;
    case "connected":
      return `The caller talks with ${alias}.`;
    case "ended":
      return `The caller talked with ${alias} for ${formatDuration(step.spokeMs)}.`;
    case "failed":
      return `The transfer to ${alias} failed: ${whyText(step.why)}.`;
  }
}

export function whyText(why: string): string {
  return WHY[why] ?? why.replaceAll("_", " ");
}

const WHY: Readonly<Record<string, string>> = {
  busy: "the line was busy",
  no_answer: "nobody answered",
  failed: "the line could not be reached",
  machine: "an answering machine picked up",
  declined: "the person did not take it",
  cancelled: "it was taken back, or the call ended first",
  outside_hours: "it is outside the hours",
  do_not_call: "the number is on the do-not-call list",
  not_allowed: "the number may not be dialled",
  unknown: "nobody could be reached",
};
