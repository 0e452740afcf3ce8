import type { StoredCall } from "../../calls.ts";
import type { PickupRecord } from "../../store.ts";
import { type FarEnd, type PickupReason, pickupReasons } from "./pickupChange.ts";

/** What an earlier session of a call had found out of who answers it. */
export interface EarlierPickups {
  readonly who: Exclude<FarEnd, "fax">;
  readonly why: PickupReason;
  readonly pickups: readonly PickupRecord[];
  /** What was said, with the times of its turns, which go on from `elapsedMs`. */
  readonly turns: StoredCall["resumed"]["turns"];
  readonly elapsedMs: number;
}

/** Undefined where the call is to end, or somebody talks with the agent: nobody has to be found any more. */
export function earlierPickups(
  { record: { pickups = [], plannedEnd }, resumed: { turns, elapsedMs } }: StoredCall,
): EarlierPickups | undefined {
  const last = pickups.at(-1);
  const hasSpoken = turns.some(({ role, aside }) => role === "agent" && aside !== true);
  if (plannedEnd !== undefined || last === undefined && hasSpoken) return undefined;
  const { who, why } = last ?? { who: "undecided" as const, why: "silence" };
  if (who === "fax") return undefined;
  // Whether a long greeting is a person's after all was still to be seen.
  const isOpen = who === "machine" && why === "long_greeting";
  return {
    who: isOpen ? "undecided" : who,
    why: pickupReasons.find((reason) => reason === why) ?? "words",
    pickups,
    turns,
    elapsedMs,
  };
}
