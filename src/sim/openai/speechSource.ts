import { type AudioFormat, bytesPerMs, SILENCE_BYTE } from "../../utils/audio/audioFormat.ts";
import { samplesToBytes } from "../../utils/audioTranscode.ts";
import { A_LAW, encodeG711, MU_LAW } from "../../utils/audio/g711.ts";
import { createResampler } from "../../utils/audio/resampler.ts";
import { speakSentences, type Voice } from "../voice/voice.ts";
import { toneSamples } from "../voice/toneVoice.ts";

/** One sentence as it goes over the wire; the bytes last whole milliseconds. */
export interface SpokenSentence {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly durationMs: number;
}

/** Turns texts into audio of a session's format; shared by all sessions, with a bounded memory. */
export class SpeechSource {
  readonly #voice: Voice;
  readonly #known = new Map<string, SpokenSentence>();
  #knownBytes = 0;

  constructor(voice: Voice) {
    this.#voice = voice;
  }

  /** Says a text sentence by sentence; the next one is prepared while one is being used. */
  speak(text: string, format: AudioFormat, signal: AbortSignal): AsyncGenerator<SpokenSentence> {
    return speakSentences(text, (sentence) => this.#sentence(sentence, format, signal), signal);
  }

  /** A plain tone in place of a voice, of exactly this length. */
  async *tone(
    text: string,
    durationMs: number,
    format: AudioFormat,
  ): AsyncGenerator<SpokenSentence> {
    const second = encodeSpeech(toneSamples(1_000), 16_000, format);
    const bytes = new Uint8Array(durationMs * bytesPerMs(format));
    for (let at = 0; at < bytes.length; at += second.length) {
      bytes.set(second.subarray(0, bytes.length - at), at);
    }
    yield await Promise.resolve({ text, bytes, durationMs });
  }

  close(): void {
    this.#voice.close();
    this.#known.clear();
  }

  #sentence(
    text: string,
    format: AudioFormat,
    signal: AbortSignal,
  ): Promise<SpokenSentence> {
    const known = this.#known.get(`${format} ${text}`);
    return known ? Promise.resolve(known) : this.#synthesise(text, format, signal);
  }

  async #synthesise(
    text: string,
    format: AudioFormat,
    signal: AbortSignal,
  ): Promise<SpokenSentence> {
    const samples = await this.#voice.say(text, signal);
    const bytes = encodeSpeech(samples, this.#voice.sampleRate, format);
    const sentence = { text, bytes, durationMs: bytes.length / bytesPerMs(format) };
    if (!signal.aborted) this.#remember(`${format} ${text}`, sentence);
    return sentence;
  }

  #remember(key: string, sentence: SpokenSentence): void {
    if (this.#known.has(key)) return;
    this.#known.set(key, sentence);
    this.#knownBytes += sentence.bytes.length;
    for (const [oldest, { bytes }] of this.#known) {
      if (this.#knownBytes <= maxKnownBytes) return;
      this.#known.delete(oldest);
      this.#knownBytes -= bytes.length;
    }
  }
}

/** Encodes samples for the wire, filled up with silence to whole milliseconds. */
function encodeSpeech(
  samples: Int16Array,
  sampleRate: number,
  format: AudioFormat,
): Uint8Array {
  const encoded = encode(samples, sampleRate, format);
  const perMs = bytesPerMs(format);
  const bytes = new Uint8Array(Math.ceil(encoded.length / perMs) * perMs);
  bytes.fill(SILENCE_BYTE[format], encoded.length);
  bytes.set(encoded);
  return bytes;
}

const maxKnownBytes = 16 * 1024 * 1024;

function encode(samples: Int16Array, sampleRate: number, format: AudioFormat): Uint8Array {
  if (format === "pcm24k") {
    return samplesToBytes(createResampler(sampleRate, 24_000).process(samples));
  }
  const narrow = createResampler(sampleRate, 8_000).process(samples);
  return encodeG711(format === "pcmu" ? MU_LAW : A_LAW, narrow);
}
