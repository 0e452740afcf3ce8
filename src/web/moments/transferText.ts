import type { RecordedTransfer, TransferStep } from "../transferTypes.ts";
import { formatDuration } from "../formats.ts";

/** A line about a step of a transfer, for people. */
export function transferText(
  { alias, mode }: Pick<RecordedTransfer, "alias" | "mode">,
  step: TransferStep,
): string {
  switch (step.step) {
    case "requested": {
      const who = step.by === "operator" ? "An operator" : "The agent";
      return `${who} asked for a transfer to ${alias}.`;
    }
    case "ringing": {
      const others = step.target === undefined || step.target === 0
        ? ""
        : `, number ${step.target + 1} of the list`;
      return `It rings at ${alias}${others}.`;
    }
    case "answered":
      return mode === "cold"
        ? `${alias} has picked up.`
        : `${alias} has picked up, and is told of the caller.`;
    case "accepted":
      return `${alias} takes the call.`;
    case "connected":
      return mode === "conference"
        ? `The caller talks with ${alias}; the agent listens.`
        : `The caller talks with ${alias}.`;
    case "agent_absent":
      return `The agent cannot take part. The caller talks with ${alias} alone.`;
    case "ended":
      return `The caller talked with ${alias} for ${formatDuration(step.spokeMs)}.`;
    case "failed": {
      const stays = mode !== "cold" && step.why !== "cancelled";
      const after = stays ? " The caller stays with the agent." : "";
      return `The transfer to ${alias} failed: ${whyText(step.why)}.${after}`;
    }
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
  limit: "the limits allow no more calls to people",
  not_allowed: "the number may not be dialled",
  unknown: "nobody could be reached",
};
