import type { Transfer } from "../../config/transferSchema.ts";
import type { RecordedCall } from "../callEvidence.ts";

type RecordedTransfer = RecordedCall["transfers"][number];

/**
 * What happened at the numbers of a call's transfers, in the form of a scenario's file: by the numbers that the agent
 * has for them today. Those before the one who took the call did not answer.
 */
export function recordedNumbers(
  { transfers }: Pick<RecordedCall, "transfers">,
  known: Readonly<Record<string, Pick<Transfer, "targets">>>,
): { readonly numbers: Readonly<Record<string, unknown>>; readonly notes: readonly string[] } {
  const numbers: Record<string, unknown> = {};
  const notes: string[] = [];
  for (const transfer of transfers) {
    const targets = Object.hasOwn(known, transfer.alias)
      ? known[transfer.alias]?.targets
      : undefined;
    if (targets === undefined) {
      notes.push(`the agent has no transfer ${transfer.alias} any more`);
      continue;
    }
    const last = transfer.target ?? targets.length - 1;
    for (const [index, target] of targets.entries()) {
      if (target.kind !== "number") {
        notes.push(`${transfer.alias} has a SIP address: somebody takes the call there`);
      } else if (index <= last) {
        numbers[target.number] = index < last ? "no-answer" : planOf(transfer);
      }
    }
  }
  return { numbers, notes };
}

/** Somebody talks for as long as then; a person who is asked first says yes, or no. */
function planOf({ isConnected, why, spokeMs }: RecordedTransfer): unknown {
  if (isConnected) {
    return spokeMs === undefined
      ? "person"
      : { callee: { kind: "person" }, talkMs: Math.min(600_000, Math.round(spokeMs)) };
  }
  switch (why) {
    case "busy":
    case "failed":
    case "machine":
      return why;
    case "no_answer":
      return "no-answer";
    case "declined":
      return { callee: { kind: "person", replies: ["No, not now.", "No."] } };
    default:
      return "person";
  }
}
