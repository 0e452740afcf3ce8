import type { CalleePlan } from "./calleePlan.ts";

/** Far ends by the words for them on the command line and in plans. */
export const knownCallees: Readonly<Record<string, CalleePlan>> = {
  person: { kind: "person" },
  "long-greeting": {
    kind: "person",
    greeting: [
      "Good afternoon, this is Riverside Dental, you are speaking with Anna Baker at the front desk, " +
      "how may I help you?",
    ],
  },
  silent: { kind: "person", greeting: [], afterMs: 0, replies: ["Hello.", "Yes, that's me."] },
  machine: { kind: "machine" },
  "machine-no-beep": { kind: "machine", beep: null },
  "machine-two-parts": {
    kind: "machine",
    greeting: [
      "You have reached the Millers. We are not at home.",
      "At the tone, please record your message. When you have finished, you may hang up.",
    ],
  },
  "machine-picked-up": { kind: "machine", pickedUpAfterMs: 14_000 },
  "mailbox-full": { kind: "machine", isFull: true },
  screener: { kind: "screener" },
  "screener-pixel": { kind: "screener", style: "pixel" },
  "screener-declined": { kind: "screener", decision: "decline" },
  "screener-voicemail": { kind: "screener", decision: "voicemail" },
  fax: { kind: "fax" },
  music: { kind: "music" },
};
