import { encodeG711, MU_LAW } from "../../utils/audio/g711.ts";
import { createResampler } from "../../utils/audio/resampler.ts";
import { splitSentences, type Voice } from "../voice/voice.ts";

/** A word, and a loud piece of its sound. */
interface KnownWord {
  readonly text: string;
  readonly sound: string;
}

const PIECE_BYTES = 160;
const SILENT = 500;

/** How a simulated voice says the words of texts. */
export async function learnSentences(
  texts: readonly string[],
  voice: Pick<Voice, "say" | "sampleRate">,
): Promise<readonly KnownWord[]> {
  const known: KnownWord[] = [];
  for (const sentence of texts.flatMap(splitSentences)) {
    const samples = await voice.say(sentence);
    const narrow = audible(createResampler(voice.sampleRate, 8000).process(samples));
    const words = sentence.split(/\s+/);
    for (const [index, text] of words.entries()) {
      const from = Math.floor(index / words.length * narrow.length);
      const part = narrow.subarray(from, Math.floor((index + 1) / words.length * narrow.length));
      const at = from + loudestAt(part);
      known.push({ text, sound: textOf(narrow.subarray(at, at + PIECE_BYTES)) });
    }
  }
  return known;
}

/** The known words whose sound is in samples at 8 kHz, in its order: a line that changes the sound makes them unknown. */
export function wordsIn(samples: Int16Array, known: readonly KnownWord[]): string {
  const heard = textOf(samples);
  return known.map(({ text, sound }) => ({ text, at: heard.indexOf(sound) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at)
    .map(({ text }) => text).join(" ");
}

function audible(samples: Int16Array): Int16Array {
  const isLoud = (sample: number) => Math.abs(sample) > SILENT;
  return samples.slice(samples.findIndex(isLoud), samples.findLastIndex(isLoud) + 1);
}

function loudestAt(samples: Int16Array): number {
  let [best, loudest] = [0, -1];
  for (let at = 0; at + PIECE_BYTES <= samples.length; at += PIECE_BYTES / 2) {
    let sum = 0;
    for (const sample of samples.subarray(at, at + PIECE_BYTES)) sum += sample * sample;
    if (sum > loudest) [best, loudest] = [at, sum];
  }
  return best;
}

/** One character for each sample of mu-law: searching a text is fast. */
function textOf(samples: Int16Array): string {
  let text = "";
  for (const byte of encodeG711(MU_LAW, samples)) text += String.fromCharCode(byte);
  return text;
}
