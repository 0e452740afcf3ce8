/// <reference lib="dom" />
import type { CallDetail } from "../apiTypes.ts";
import { element } from "../elements.ts";
import { formatDuration } from "../formats.ts";

const WHO = {
  person: "a person",
  machine: "an answering machine",
  screener: "a call screener",
  fax: "a fax",
} as const;

const WHY: Readonly<Record<string, string>> = {
  words: "by its words",
  short_greeting: "by a short greeting",
  long_greeting: "by a long greeting",
  no_beep: "as no beep came",
  beep: "by its beep",
  fax_tone: "by its tone",
  silence: "as nothing was said",
  detection: "by the phone network",
  spoke: "as somebody spoke",
};

/** Who answered the call, and how that was found out; empty where nobody listened for it. */
export function pickupText({ pickups }: Pick<CallDetail, "pickups">): readonly HTMLElement[] {
  if (pickups.length === 0) return [];
  const found = pickups.map(({ who, why, atMs }) =>
    `${WHO[who]} at ${formatDuration(atMs)}${why in WHY ? ` (${WHY[why]})` : ""}`
  );
  const textContent = `Answered: ${found.join(", then ")}`;
  return [element("p", { className: "agreement", textContent })];
}
