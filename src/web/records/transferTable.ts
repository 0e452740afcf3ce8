/// <reference lib="dom" />
import type { CallDetail } from "../apiTypes.ts";
import { formatDuration } from "../formats.ts";
import type { RecordedTransfer } from "../transferTypes.ts";
import { beganAt } from "../moments/beganAt.ts";
import { whyText } from "../moments/transferText.ts";
import { foldedTable } from "./recordTables.ts";

/** How the caller was put through to people; empty for calls without any transfer. */
export function transferTable(call: CallDetail): readonly HTMLElement[] {
  const { transfers } = call;
  if (transfers.length === 0) return [];
  const began = beganAt(call);
  const since = (time: string | null) =>
    time === null ? "" : formatDuration(Math.max(0, Date.parse(time) - began));
  return [foldedTable(
    `Transfers: ${transfers.length}`,
    ["To", "Asked at", "Answered", "Over", "What came of it"],
    transfers.map((transfer) => [
      transfer.alias,
      `${since(transfer.requestedAt)}${transfer.by === "operator" ? " by an operator" : ""}`,
      since(transfer.answeredAt),
      since(transfer.overAt),
      outcomeOf(transfer),
    ]),
    "After a transfer that failed, the caller was with the agent again. Minutes of the talk with a person cost as a second call does.",
  )];
}

function outcomeOf({ step, why, spokeMs }: RecordedTransfer): string {
  if (why !== null) return whyText(why);
  return spokeMs === null ? step : `they talked for ${formatDuration(spokeMs)}`;
}
