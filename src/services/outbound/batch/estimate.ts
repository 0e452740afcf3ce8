import type { WorkSlices } from "../../../utils/workSlices.ts";
import type { UsualCall } from "../../store.ts";
import type { CheckedCall } from "./callChecks.ts";

/** What calls take that are answered, if all are. */
export interface BatchEstimate {
  readonly calls: number;
  readonly minutesPerCall: number;
  readonly minutes: number;
  readonly usd: number;
  /** `history`: by the agent's latest calls; `assumed`: by the carrier's price alone. */
  readonly basis: "history" | "assumed";
}

/** Fewer calls say little of the next. */
const MIN_CALLS = 5;
const ASSUMED_MINUTES = 2;

/** By what the agent's latest calls took, or else by an assumption. */
export async function estimateOf(
  checked: readonly CheckedCall[],
  { calls: known, meanMs, usdPerMinute }: UsualCall,
  carrierUsdPerMinute: (number: string) => number,
  slices: Pick<WorkSlices, "pause">,
): Promise<BatchEstimate> {
  const isKnown = known >= MIN_CALLS && usdPerMinute !== undefined;
  const minutesPerCall = known >= MIN_CALLS ? meanMs / 60_000 : ASSUMED_MINUTES;
  let accepted = 0;
  let usd = 0;
  for (const each of checked) {
    await slices.pause();
    if (!each.ok) continue;
    accepted++;
    usd += minutesPerCall * (usdPerMinute ?? carrierUsdPerMinute(each.number));
  }
  return {
    calls: accepted,
    minutesPerCall: rounded(minutesPerCall, 2),
    minutes: rounded(minutesPerCall * accepted, 1),
    usd: rounded(usd, 2),
    basis: isKnown ? "history" : "assumed",
  };
}

function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
