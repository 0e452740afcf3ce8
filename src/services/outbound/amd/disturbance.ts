import { readFarEnd } from "./farEndWords.ts";
import type { HeardFarEnd } from "./heardFarEnd.ts";
import type { PickupReason } from "./pickupChange.ts";
import * as times from "./pickupTimes.ts";

/** Who spoke into a message that was being left; `goesOn` where it is the machine, which records again now. */
type Disturber =
  | { readonly who: "person" | "screener"; readonly why: PickupReason }
  | "goesOn"
  | undefined;

/**
 * Judges what was heard since the message was broken off; undefined while that is to be seen. `hasBeeped`: a
 * greeting and its beep were heard, after which a machine is silent.
 */
export function disturber(heard: HeardFarEnd, hasBeeped: boolean): Disturber {
  const { speech, isPending } = heard;
  const { quietMs, lengthMs } = speech;
  const words = readFarEnd(heard.newWords);
  if (words === "machine") return quietMs >= times.END_OF_GREETING_MS ? "goesOn" : undefined;
  if (words === "screening") return { who: "screener", why: "words" };
  if (words !== "none" && !isPending) {
    return speech.isQuietFor(500) ? { who: "person", why: "words" } : undefined;
  }
  const patienceMs = hasBeeped ? times.AFTER_BEEP_MS : 1900;
  if (quietMs < (heard.isAwaitingWords ? 2400 : patienceMs)) return undefined;
  const isMachine = lengthMs > (hasBeeped ? times.ENDLESS_MS : times.LONG_MS);
  return isMachine ? "goesOn" : { who: "person", why: "spoke" };
}
