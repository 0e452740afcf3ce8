import type { CalleePlan, MachinePlan, Sound } from "../../../src/sim/twilio/callee/calleePlan.ts";
import { readWav } from "../../../src/sim/twilio/media/wav.ts";
import { createRandom, type Random } from "../../../src/sim/twilio/random.ts";
import { createFliteVoice, type FliteSpeaker } from "../../../src/sim/voice/fliteVoice.ts";
import type { Voice } from "../../../src/sim/voice/voice.ts";
import { type PickupResult, tryPickup } from "./pickupTrial.ts";
import { RECORDINGS } from "./speechFixture.ts";

/** One pick-up of the set: what is at the number, and what would be right. */
export interface Pickup {
  readonly name: string;
  readonly truth: "person" | "late person" | "machine" | "screener" | "fax" | "music";
  readonly plan: CalleePlan;
  readonly speaker: FliteSpeaker;
  readonly seed: number;
  readonly wordsOfAudio?: string;
}

/** How a pick-up is heard: with words or without, with the carrier's detection or without. */
export interface Hearing {
  readonly transcribed: boolean;
  readonly detection: boolean;
}

export const hearings: readonly Hearing[] = [
  { transcribed: true, detection: true },
  { transcribed: true, detection: false },
  { transcribed: false, detection: true },
  { transcribed: false, detection: false },
];

const shortGreetings = [
  "Hello?",
  "Hi, this is Sam.",
  "Yes?",
  "Miller.",
  "Sam speaking.",
  "Hello, who is this?",
  "Good morning, Anna Baker.",
];
const longGreetings = [
  "Good afternoon, this is Riverside Dental, how may I help you?",
  "Good afternoon, Riverside Dental, you are speaking with Anna Baker at the front desk, how may I help you?",
  "Hello, Miller and Sons, plumbing and heating, this is Tom, what can I do for you today?",
  "Thank you for calling the Harbour Hotel, my name is Daniel, how can I make your day better?",
  "Hello? Hello, yes, sorry, I had to find my phone. Who is calling, please?",
];
const machineGreetings = [
  "Hi, you have reached the voicemail of Sam Miller. I cannot take your call right now. Please leave your name and number after the tone, and I will call you back.",
  "Hey, it's Sam. Leave a message.",
  "The person you are trying to reach is not available. At the tone, please record your message. When you have finished recording, you may hang up, or press one for more options.",
  "Your call has been forwarded to an automated voice messaging system. Anna Baker is not available. At the tone, please record your message.",
  "You have reached Riverside Dental. Our office is closed at the moment. Our hours are Monday to Friday from nine to five. Please leave a message after the beep and we will get back to you.",
  "Hello, this is the answering machine of the Miller family. We are not at home. Please speak after the tone.",
  "Sam here. Sorry I missed your call. Leave your name and number and I'll call you back.",
  "Guten Tag. Sie haben den Anschluss von Familie Huber erreicht. Bitte hinterlassen Sie eine Nachricht nach dem Signal.",
];
const speakers = ["slt", "rms", "awb", "kal"] as const;
const beeps = [1_000, 440, 1_400, 800, 620] as const;
const noises = [undefined, -55, -48] as const;

const words: Readonly<Record<typeof RECORDINGS[number], string>> = {
  "cards-001": "ten of clubs",
  "cards-003": "seven of clubs",
  goforward: "go forward ten meters",
  "librivox-0870":
    "and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them",
  numbers: "one two three four five",
};

/** The whole set; `seeds` multiplies it, with other noise, delays, voices and tones. */
export function pickups(seeds: readonly number[]): readonly Pickup[] {
  return seeds.flatMap((seed) => {
    const random = createRandom(seed * 7_919 + 1);
    let count = seed;
    const make = (
      name: string,
      truth: Pickup["truth"],
      plan: CalleePlan,
      wordsOfAudio?: string,
    ): Pickup => {
      const noiseDb = noises[count % noises.length];
      const speaker = speakers[count++ % speakers.length]!;
      return {
        name,
        truth,
        plan: { ...plan, ...(noiseDb !== undefined && { noiseDb }) },
        speaker,
        seed: count,
        ...(wordsOfAudio !== undefined && { wordsOfAudio }),
      };
    };
    return [...people(make, random), ...machines(make, random), ...others(make)];
  });
}

type Make = (
  name: string,
  truth: Pickup["truth"],
  plan: CalleePlan,
  wordsOfAudio?: string,
) => Pickup;

function people(make: Make, random: Random): Pickup[] {
  const person = (name: string, greeting: readonly Sound[], words?: string) =>
    make(`person: ${name}`, "person", {
      kind: "person",
      greeting,
      afterMs: Math.round(200 + 1_300 * random()),
    }, words);
  return [
    ...shortGreetings.map((text) => person(text, [text])),
    ...longGreetings.map((text) => person(text.slice(0, 40), [text])),
    ...RECORDINGS.map((name) => person(name, [recording(name)], words[name])),
    make("person: says nothing", "person", { kind: "person", greeting: [], replies: ["Hello?"] }),
    make("person: rings on, then hello", "person", { kind: "person", ringbackMs: 5_000 }),
  ];
}

function machines(make: Make, random: Random): Pickup[] {
  const machine = (name: string, plan: Omit<MachinePlan, "kind">, words?: string) =>
    make(`machine: ${name}`, "machine", {
      kind: "machine",
      afterMs: Math.round(200 + 900 * random()),
      beforeBeepMs: Math.round(300 + 1_200 * random()),
      beep: { hz: beeps[Math.floor(random() * beeps.length)]!, ms: 200 + 300 * random() },
      ...plan,
    }, words);
  return [
    ...machineGreetings.map((text) => machine(text.slice(0, 40), { greeting: [text] })),
    ...machineGreetings.slice(0, 6).map((text) =>
      machine(`no beep: ${text.slice(0, 40)}`, { greeting: [text], beep: null })
    ),
    machine("two parts", {
      greeting: [
        "You have reached the Millers. We are not at home.",
        "At the tone, please record your message.",
      ],
    }),
    machine("a long pause, then the carrier's words", {
      greeting: ["Hi, it's Sam, talk to me.", "To leave a message, wait for the tone."],
      partGapMs: 2_300,
    }),
    machine(
      "speech read aloud",
      { greeting: [recording("librivox-0870")] },
      words["librivox-0870"],
    ),
    machine("mailbox full", { isFull: true }),
  ];
}

function others(make: Make): Pickup[] {
  const styles = ["ios", "pixel"] as const;
  return [
    ...styles.flatMap((style) => [
      make(`screener: ${style}, accepts`, "screener", { kind: "screener", style }),
      make(`screener: ${style}, accepts late`, "screener", {
        kind: "screener",
        style,
        decidesAfterMs: 25_000,
      }),
      make(`screener: ${style}, declines`, "screener", {
        kind: "screener",
        style,
        decision: "decline",
      }),
      make(`screener: ${style}, then voicemail`, "screener", {
        kind: "screener",
        style,
        decision: "voicemail",
      }),
    ]),
    ...[5_000, 9_000, 13_000].map((pickedUpAfterMs) =>
      make(`machine: picked up after ${pickedUpAfterMs} ms`, "late person", {
        kind: "machine",
        pickedUpAfterMs,
      })
    ),
    make("fax", "fax", { kind: "fax" }),
    make("music, then a person", "music", { kind: "music", musicMs: 12_000 }),
    make("music for half a minute", "music", { kind: "music" }),
  ];
}

function recording(name: typeof RECORDINGS[number]): Sound {
  const url = new URL(`../../fixtures/speech/${name}.wav`, import.meta.url);
  return { audio: readWav(Deno.readFileSync(url)) };
}

/** A built-in voice that waits for nothing: what it is to say is made ready before. */
class ReadyVoice implements Voice {
  readonly sampleRate: number;
  readonly #voice: Voice;
  readonly #said = new Map<string, Int16Array>();
  readonly #missing = new Set<string>();

  constructor(speaker: FliteSpeaker) {
    this.#voice = createFliteVoice({ voice: speaker });
    this.sampleRate = this.#voice.sampleRate;
  }

  say(sentence: string): Promise<Int16Array> {
    const samples = this.#said.get(sentence);
    if (samples === undefined) this.#missing.add(sentence);
    return Promise.resolve(samples ?? new Int16Array(this.sampleRate));
  }

  /** Makes ready what could not be said before; false where there was nothing. */
  async learn(): Promise<boolean> {
    const missing = [...this.#missing];
    this.#missing.clear();
    for (const text of missing) this.#said.set(text, await this.#voice.say(text));
    return missing.length > 0;
  }

  close(): void {
    this.#voice.close();
  }
}

export interface TriedPickup extends Pickup {
  readonly hearing: Hearing;
  readonly result: PickupResult;
}

/** Tries every pick-up in every way. */
export async function tryAll(
  set: readonly Pickup[],
  heard: readonly Hearing[],
): Promise<readonly TriedPickup[]> {
  const voices = new Map(speakers.map((speaker) => [speaker, new ReadyVoice(speaker)]));
  const tried: TriedPickup[] = [];
  for (const hearing of heard) {
    for (const pickup of set) {
      const voice = voices.get(pickup.speaker);
      if (voice === undefined) throw new Error(`Cannot speak as ${pickup.speaker}`);
      let result: PickupResult;
      do result = await tryPickup({ ...pickup, ...hearing, voice }); while (await voice.learn());
      tried.push({ ...pickup, hearing, result });
    }
  }
  for (const voice of voices.values()) voice.close();
  return tried;
}

/** People who were not talked with as such. */
export function mistaken(people: readonly TriedPickup[]): readonly TriedPickup[] {
  return people.filter(({ result }) => result.treated !== "person");
}

/** Machines that were not found within six seconds of their first sound. */
export function late(machines: readonly TriedPickup[]): readonly TriedPickup[] {
  return machines.filter(({ result: { machineAfterMs = Infinity } }) => machineAfterMs > 6_000);
}
