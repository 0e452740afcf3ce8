import type { CallWrite } from "../../../src/services/store/calls/callWrites.ts";
import type { Store } from "../../../src/services/store/store.ts";
import { noUsage } from "../../../src/services/store/calls/callRecord.ts";
import { ended, opened, said } from "../store/storedCalls.ts";
import { FULL_CALL, fullCall } from "./fullCall.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const DAYS = 6;

const TALKS = [
  {
    asked: "Do you have anything free on Saturday morning?",
    answer: "On Saturday I can offer you ten o'clock or half past eleven.",
  },
  {
    asked: "What does colouring cost?",
    answer: "Colouring starts at eighty dollars, depending on the length of your hair.",
  },
  {
    asked: "I'm afraid I have to cancel my appointment on Thursday.",
    answer: "No problem, I have cancelled it. Would you like another time?",
  },
  {
    asked: "Are you open on Mondays?",
    answer: "Yes, we are open from Monday to Saturday, from nine to six.",
  },
] as const;

/** Writes the calls of a week that ends now, and what else of them is kept; the same each time. */
export async function writeSampleCalls(store: Store, now: number): Promise<void> {
  const today = now - now % DAY;
  const random = steps(7);
  const writes: CallWrite[] = [];
  let number = 0;
  for (let back = DAYS; back >= 0; back--) {
    const calls = back === 0 ? 4 : 7 + Math.floor(random() * 6);
    for (let of = 0; of < calls; of++) {
      const at = back === 0
        ? now - (of + 1) * 47 * MINUTE
        : today - back * DAY + (9 + 9 * (of + random()) / calls) * 60 * MINUTE;
      writes.push(...plainCall(`call_week${String(number).padStart(3, "0")}`, number, at, random));
      number++;
    }
  }
  writes.push(...fullCall(now - 25 * MINUTE));
  await store.calls.write(writes);
  for (const tag of ["new customer", "booked"]) await store.callTags.add(FULL_CALL, tag);
  await store.callTags.add("call_week004", "call back");
}

/** One call of two or four lines; every seventh is placed and not answered. */
function plainCall(
  id: string,
  number: number,
  startedAt: number,
  random: () => number,
): readonly CallWrite[] {
  const isPlaced = number % 4 === 3;
  const isAnswered = number % 7 !== 6;
  const person = `+1415555${String(1000 + number * 37).slice(-4)}`;
  const talk = TALKS[number % TALKS.length]!;
  const latenciesMs = [0, 1, 2].map(() => Math.round(450 + 500 * random()));
  const durationMs = Math.round((50 + 130 * random()) * 1000);
  const isCut = number % 5 === 2;
  const head = opened({
    id,
    direction: isPlaced ? "outbound" : number % 6 === 0 ? "web" : "inbound",
    agent: isPlaced ? "reminder" : "receptionist",
    startedAt,
    model: "gpt-realtime-2.1",
    ...(number % 6 !== 0 &&
      (isPlaced ? { from: "+14155550100", to: person } : { from: person, to: "+14155550100" })),
    ...(isPlaced && number % 6 === 0 && { to: person }),
  });
  if (isPlaced && !isAnswered) {
    return [
      head,
      ended(id, {
        end: { reason: "not_answered", detail: "no_answer" },
        outcome: "no_answer",
        endedAt: startedAt + 30_000,
        durationMs: 30_000,
      }),
    ];
  }
  const greeting = isPlaced
    ? "Good day, Salon Miller calling about your appointment."
    : "Good day, Salon Miller. How can I help you?";
  const usd = durationMs / MINUTE * 0.11;
  return [
    head,
    { type: "changed", callId: id, changes: { answeredAt: startedAt + 800 } },
    {
      ...said(id, { id: "item_1", role: "agent", text: greeting, startedMs: 900 }),
      isGreeting: true,
    } as CallWrite,
    said(id, { id: "item_2", position: 2, text: talk.asked, startedMs: 4_600 }),
    said(id, {
      id: "item_3",
      role: "agent",
      position: 3,
      startedMs: 8_100,
      text: isCut ? talk.answer.slice(0, 24).replace(/\s\S*$/, "") : talk.answer,
      ...(isCut && { interrupted: true, unheard: talk.answer.slice(24) }),
    }),
    said(id, { id: "item_4", position: 4, text: "Thank you, goodbye.", startedMs: 14_000 }),
    ended(id, {
      end: { reason: number % 3 === 0 ? "agent_hung_up" : "caller_hung_up" },
      endedAt: startedAt + durationMs,
      durationMs,
      latenciesMs,
      ...(isPlaced && { outcome: "answered" as const }),
      usage: { ...noUsage, inputAudio: 1800, outputAudio: 900, responses: 3 },
      cost: {
        usd,
        parts: {
          text: usd * 0.1,
          audio: usd * 0.7,
          transcription: usd * 0.05,
          telephony: usd * 0.15,
        },
      },
    }),
  ];
}

/** Numbers from 0 to 1 that look random, the same for the same seed. */
function steps(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
