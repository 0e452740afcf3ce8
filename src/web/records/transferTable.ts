/// <reference lib="dom" />
import type { CallDetail } from "../apiTypes.ts";
import { formatDuration } from "../formats.ts";
import type { RecordedTransfer } from "../transferTypes.ts";
import { beganAt } from "../moments/beganAt.ts";
import { whyText } from "../moments/transferText.ts";
import { foldedTable } from "./recordTables.ts";
import { t } from "../text.ts";

/** How the caller was put through to people; empty for calls without any transfer. */
export function transferTable(call: CallDetail): readonly HTMLElement[] {
  const { transfers } = call;
  if (transfers.length === 0) return [];
  const began = beganAt(call);
  const since = (time: string | null) =>
    time === null ? "" : formatDuration(Math.max(0, Date.parse(time) - began));
  return [foldedTable(
    t("Transfers: {count}", { count: transfers.length }),
    [t("To"), t("Asked at"), t("Answered"), t("Over"), t("What came of it")],
    transfers.map((transfer) => [
      transfer.alias,
      transfer.by === "operator"
        ? t("{at} by an operator", { at: since(transfer.requestedAt) })
        : since(transfer.requestedAt),
      since(transfer.answeredAt),
      since(transfer.overAt),
      outcomeOf(transfer),
    ]),
    t(
      "After a transfer that failed, the caller was with the agent again. Minutes of the talk with a person cost as a second call does.",
    ),
  )];
}

function outcomeOf({ step, why, spokeMs }: RecordedTransfer): string {
  if (why !== null) return whyText(why);
  return spokeMs === null
    ? STEPS[step] ?? step
    : t("they talked for {duration}", { duration: formatDuration(spokeMs) });
}

const STEPS: Readonly<Record<string, string>> = {
  requested: t("requested"),
  ringing: t("ringing"),
  answered: t("answered"),
  accepted: t("accepted"),
  connected: t("connected"),
};
