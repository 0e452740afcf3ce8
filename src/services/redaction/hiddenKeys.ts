import type { CallEvent } from "../../call/callEvent.ts";

/** A tone is over before its key is told of, and may still be on its way when that is. */
const EDGE_MS = 600;

/** When keys were pressed that nobody is to know: their tones may be in the caller's sound. */
export function hiddenKeys(event: CallEvent): readonly CallEvent[] {
  if (event.type !== "turn") return [];
  const { by, final, text, startedMs, endedMs = startedMs } = event.turn;
  if (by !== "keypad" || !final || !/^•+$/.test(text)) return [];
  return [{
    type: "redacted",
    side: "caller",
    fromMs: Math.max(0, Math.floor(startedMs - EDGE_MS)),
    toMs: Math.ceil(endedMs + EDGE_MS),
  }];
}
