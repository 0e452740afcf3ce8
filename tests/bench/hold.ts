/**
 * Waiting on hold: how soon music and tones are noticed, how soon the speech after them, how much speech is
 * taken for music, and what it costs. Over human speech, the built-in voices, generated music, and the
 * network's tones. Usage: deno task bench hold
 */
import { holdMusic, musicStyles } from "../../src/sim/sound/holdMusic.ts";
import { lineTone, lineToneNames } from "../../src/sim/sound/lineTones.ts";
import { createFliteVoice } from "../../src/sim/voice/fliteVoice.ts";
import { createResampler } from "../../src/utils/audio/resampler.ts";
import { onLine } from "../support/trials/heldLine.ts";
import {
  findMusic,
  joined,
  louder,
  mixed,
  onsetMs,
  telephoneSpeech,
} from "../support/trials/holdTrial.ts";

const SENTENCES = [
  "Thank you for calling. For sales, press one. For support, press two.",
  "Your call is important to us. Please stay on the line.",
  "Hello, this is Anna from billing. How can I help you today?",
];
const NOISES = [0, 100, 400, 800];

const speech = [...telephoneSpeech(), ...await spokenSentences()];

console.log("sound              noticed after ms     found, of a minute");
for (const style of musicStyles) report(style, holdMusic(style, 60_000));
for (const tone of lineToneNames) report(tone, lineTone(tone, 60_000));

console.log("\nspeech taken for music, seconds");
let wrongMs = 0;
let allMs = 0;
for (const amplitude of NOISES) {
  let foundMs = 0;
  let spokenMs = 0;
  for (const { sound } of speech) {
    for (const db of [-20, -10, 0]) {
      foundMs += findMusic(mixed(louder(sound, db), amplitude)).musicMs;
      spokenMs += sound.length / 8;
    }
  }
  wrongMs += foundMs;
  allMs += spokenMs;
  console.log(
    `noise of ${String(amplitude).padStart(3)}: ${(foundMs / 1000).toFixed(1)} of ${
      (spokenMs / 1000).toFixed(0)
    }`,
  );
}

const lateMs: number[] = [];
let missed = 0;
for (const style of musicStyles) {
  for (const { sound } of speech) {
    const { changes } = findMusic(joined(holdMusic(style, 8000), sound));
    const spoke = changes.find((change) => change.sound === "other" && change.atMs > 8000);
    if (spoke === undefined) missed++;
    else lateMs.push(spoke.atMs - 8000 - onsetMs(sound));
  }
}
lateMs.sort((a, b) => a - b);
const at = (share: number) => lateMs[Math.floor((lateMs.length - 1) * share)];
console.log(
  `\nspeech after music: noticed ${at(0.5)} ms after its first sound (median), ${
    at(0.95)
  } (95 %), ` +
    `${at(1)} at most; ${missed} of ${lateMs.length + missed} not noticed`,
);

console.log("\nhold of ten minutes with an announcement of 4 s every 20 s: sent to the model");
const announcement = telephoneSpeech().find(({ name }) => name === "numbers")!.sound;
for (const style of musicStyles) {
  const { say, sentMs } = onLine();
  const music = holdMusic(style, 20_000);
  say(music);
  const before = sentMs();
  let heldMs = 0;
  for (let round = 0; round < 25; round++) {
    say(announcement);
    say(music);
    heldMs += (announcement.length + music.length) / 8;
  }
  const sent = sentMs() - before;
  const spoken = 25 * announcement.length / 8;
  console.log(
    `${style.padEnd(10)} ${(100 * sent / heldMs).toFixed(1)} % of the time, ` +
      `${(100 * spoken / heldMs).toFixed(1)} % being announcements`,
  );
}

const minute = holdMusic("pop", 60_000);
findMusic(minute);
const from = performance.now();
findMusic(minute);
console.log(`cost: ${((performance.now() - from) / 600).toFixed(3)} % of a processor for a call`);
if (missed > 0 || wrongMs > allMs / 100 || at(0.95)! > 500) Deno.exit(1);

function report(name: string, sound: Int16Array): void {
  const { musicMs, changes } = findMusic(sound);
  console.log(
    name.padEnd(18),
    String(changes[0]?.atMs ?? "never").padStart(16),
    `${(musicMs / 600).toFixed(1)} %`.padStart(22),
  );
}

async function spokenSentences() {
  const spoken: { readonly name: string; readonly sound: Int16Array }[] = [];
  for (const speaker of ["slt", "rms", "awb", "kal"] as const) {
    const voice = createFliteVoice({ voice: speaker });
    for (const sentence of SENTENCES) {
      const sound = createResampler(16_000, 8_000).process(await voice.say(sentence));
      spoken.push({ name: `${speaker}: ${sentence}`, sound });
    }
    voice.close();
  }
  return spoken;
}
