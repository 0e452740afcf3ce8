import { hesitates } from "./farEndWords.ts";
import type { HeardFarEnd } from "./heardFarEnd.ts";
import type { PickupReason } from "./pickupChange.ts";
import * as times from "./pickupTimes.ts";

/** Who greets so, by how long the far end speaks and is silent; undefined while that is to be seen. */
export function greetingSound(
  heard: HeardFarEnd,
): { readonly who: "person" | "machine"; readonly why: PickupReason } | undefined {
  const { any, atMs, quietMs, lengthMs, isMusic } = heard.speech;
  if (isMusic) return undefined;
  if (!any) return atMs >= times.SILENT_MS ? { who: "person", why: "silence" } : undefined;
  if (lengthMs > times.LONG_MS) return { who: "machine", why: "long_greeting" };
  if (quietMs < patienceMs(heard, lengthMs)) return undefined;
  return { who: "person", why: heard.hasWords ? "words" : "short_greeting" };
}

/** How long a silence lasts until whoever greeted so long is taken for a person who waits. */
function patienceMs(heard: HeardFarEnd, lengthMs: number): number {
  if (heard.hasWords) return hesitates(heard.allWords) ? 2000 : 600;
  if (lengthMs <= 1400) return 700;
  return lengthMs <= 2600 ? 1200 : 2150;
}
