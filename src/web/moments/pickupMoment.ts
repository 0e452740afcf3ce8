import type { Pickup } from "../apiTypes.ts";
import type { Moment } from "./moment.ts";

const WHO = {
  person: "A person",
  machine: "An answering machine",
  screener: "A call screener, which asks who is calling,",
  fax: "A fax machine",
} as const;

const WHY: Readonly<Record<string, string>> = {
  words: "by what was said",
  short_greeting: "the greeting was short",
  long_greeting: "the greeting was as long as a recorded one",
  no_beep: "no beep came after the greeting",
  beep: "a beep was heard",
  fax_tone: "its tone was heard",
  silence: "nothing was said",
  detection: "by Twilio's machine detection",
  spoke: "somebody spoke in the middle",
};

/** Who is at the far end, as far as is known then, and how that was found out. */
export function pickupMoment({ who, why, atMs }: Pickup): Moment {
  const reason = WHY[why];
  const text = `${WHO[who]} is on the line${reason === undefined ? "" : ` (${reason})`}.`;
  return { id: `pickup:${atMs}`, atMs, text };
}
