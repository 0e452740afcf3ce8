import type { RecordedTransfer, TransferStep } from "../transferTypes.ts";
import { formatDuration } from "../formats.ts";
import { t } from "../text.ts";

/** A line about a step of a transfer, for people. */
export function transferText(
  { alias, mode }: Pick<RecordedTransfer, "alias" | "mode">,
  step: TransferStep,
): string {
  switch (step.step) {
    case "requested":
      return step.by === "operator"
        ? t("An operator asked for a transfer to {alias}.", { alias })
        : t("The agent asked for a transfer to {alias}.", { alias });
    case "ringing":
      return step.target === undefined || step.target === 0
        ? t("It rings at {alias}.", { alias })
        : t("It rings at {alias}, number {number} of the list.", {
          alias,
          number: step.target + 1,
        });
    case "answered":
      return mode === "cold"
        ? t("{alias} has picked up.", { alias })
        : t("{alias} has picked up, and is told of the caller.", { alias });
    case "accepted":
      return t("{alias} takes the call.", { alias });
    case "connected":
      return mode === "conference"
        ? t("The caller talks with {alias}; the agent listens.", { alias })
        : t("The caller talks with {alias}.", { alias });
    case "agent_absent":
      return t("The agent cannot take part. The caller talks with {alias} alone.", { alias });
    case "ended":
      return t("The caller talked with {alias} for {duration}.", {
        alias,
        duration: formatDuration(step.spokeMs),
      });
    case "failed": {
      const stays = mode !== "cold" && step.why !== "cancelled";
      const failed = t("The transfer to {alias} failed: {why}.", { alias, why: whyText(step.why) });
      return stays ? `${failed} ${t("The caller stays with the agent.")}` : failed;
    }
  }
}

export function whyText(why: string): string {
  return WHY[why] ?? why.replaceAll("_", " ");
}

const WHY: Readonly<Record<string, string>> = {
  busy: t("the line was busy"),
  no_answer: t("nobody answered"),
  failed: t("the line could not be reached"),
  machine: t("an answering machine picked up"),
  declined: t("the person did not take it"),
  cancelled: t("it was taken back, or the call ended first"),
  outside_hours: t("it is outside the hours"),
  do_not_call: t("the number is on the do-not-call list"),
  limit: t("the limits allow no more calls to people"),
  not_allowed: t("the number may not be dialled"),
  unknown: t("nobody could be reached"),
};
