import type { CallEvent } from "../../call/callEvent.ts";

/**
 * In characters: what the text of an event has beside its strings, which are names, numbers, times and its
 * id. It is more than any kind of event has with one process.
 */
export const FRAME_CHARACTERS = 500;

/**
 * About how many characters an event takes, without making its text: rather more than less, except that
 * characters count once that JSON writes as several, such as quotes.
 */
export function charactersOf(event: CallEvent): number {
  // Most events are states of a turn, of which only these vary much.
  if (event.type === "turn") {
    const { id, text, unheard = "" } = event.turn;
    return FRAME_CHARACTERS + id.length + text.length + unheard.length;
  }
  const spans = event.type === "recording" ? event.spans.length * SPAN_CHARACTERS : 0;
  return FRAME_CHARACTERS + spans + charactersWithin(event);
}

const SPAN_CHARACTERS = 46;

/** The sum of all strings within, so that no kind of event has to be named here. */
function charactersWithin(value: object): number {
  let sum = 0;
  for (const member of Object.values(value)) {
    if (typeof member === "string") sum += member.length;
    else if (typeof member === "object" && member !== null) sum += charactersWithin(member);
  }
  return sum;
}
