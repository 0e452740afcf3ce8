import type { CallEvent } from "../callEvent.ts";
import type { MachineParts } from "./machineParts.ts";

/**
 * Where a call stands, as the events that show it to a leg which has missed them: every line and tool call so
 * far, in order, and who speaks. An event that the leg has seen already replaces itself.
 */
export function snapshotOf(
  { transcript, speech, turns, menu }: MachineParts,
): readonly CallEvent[] {
  return [
    ...transcript.entries.events(),
    ...menu.events,
    { type: "speaking", who: "agent", on: speech.audible },
    { type: "speaking", who: "caller", on: turns.callerState.isSpeaking },
  ];
}
