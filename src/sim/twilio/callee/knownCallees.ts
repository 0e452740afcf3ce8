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
  menu: {
    kind: "menu",
    menus: {
      main: {
        prompt: [
          "Thank you for calling Riverside Telephone.",
          { silenceMs: 600 },
          "For sales, press one.",
          { silenceMs: 600 },
          "For billing, press two.",
          { silenceMs: 600 },
          "To hear our opening hours, press three.",
        ],
        keys: {
          "1": { menu: "sales" },
          "2": {
            steps: [
              "One moment, I am connecting you.",
              {
                hold: {
                  ms: 40_000,
                  everyMs: 15_000,
                  style: "strings",
                  announcements: ["Your call is important to us. Please stay on the line."],
                },
              },
              "Billing, this is Anna speaking. How can I help you?",
              { listen: { maxMs: 20_000 } },
              "Yes, I can see that. It is all settled.",
              { listen: { maxMs: 20_000 } },
              "You are welcome. Goodbye.",
              { hangUp: true },
            ],
          },
          "3": { menu: "hours" },
        },
      },
      sales: {
        prompt: ["In a few words, tell me what you would like to buy."],
        spoken: { steps: ["Nobody in sales is free now. Goodbye.", { hangUp: true }] },
      },
      hours: {
        prompt: [
          "We are open from nine to five.",
          { silenceMs: 600 },
          "For the main menu, press star.",
        ],
        keys: { "*": { menu: "main" } },
      },
    },
  },
  fax: { kind: "fax" },
  "busy-tone": {
    kind: "steps",
    steps: Array.from({ length: 120 }, () => [
      { tone: { hz: [480, 620], ms: 500 } },
      { silenceMs: 500 },
    ]).flat(),
  },
  music: { kind: "music" },
};
