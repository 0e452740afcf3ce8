import { readFarEnd } from "./farEndWords.ts";
import type { HeardFarEnd } from "./heardFarEnd.ts";
import type { PickupReason } from "./pickupChange.ts";
import * as times from "./pickupTimes.ts";

/** What follows a screener that was told who calls; `goesOn` where it is still the screener that has spoken. */
export type ScreenedAnswer =
  | { readonly who: "person" | "machine"; readonly why: PickupReason }
  | "declined"
  | "goesOn"
  | undefined;

/** Judges what was heard since then; undefined while that is to be seen. */
export function screenedAnswer(heard: HeardFarEnd): ScreenedAnswer {
  const isOpen = heard.isPending || !heard.speech.isQuietFor(400);
  switch (readFarEnd(heard.newWords)) {
    case "machine":
      return { who: "machine", why: "words" };
    case "declined":
      return "declined";
    case "other":
      return isOpen ? undefined : { who: "person", why: "words" };
    case "screening":
    case "hold":
      return isOpen ? undefined : "goesOn";
    case "none":
      return hasSpoken(heard) ? { who: "person", why: "spoke" } : undefined;
  }
}

function hasSpoken({ speech, sinceMs, transcribes }: HeardFarEnd): boolean {
  const { quietMs, lengthMs, beganMs, firstMs, atMs } = speech;
  // What comes at once belongs to the screening: it thanks, and asks to wait.
  const isThanks = beganMs - sinceMs < times.THANKS_MS &&
    beganMs + lengthMs - sinceMs < times.THANKS_END_MS;
  // Where the words of what was said before have not come, those of the last will not either.
  const awaitsWords = transcribes && atMs - firstMs < times.WORDLESS_MS;
  return !isThanks && lengthMs > 0 && quietMs >= (awaitsWords ? 3000 : 1200);
}
