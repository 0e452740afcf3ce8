import { levelsOfBytes } from "../../../utils/audio/audioLevel.ts";
import { decodeG711, MU_LAW } from "../../../utils/audio/g711.ts";
import { MusicDetector } from "../../../utils/audio/musicDetector.ts";
import { SpeechDetector } from "../../../utils/audio/speechDetector.ts";
import { type Tone, ToneDetector } from "../../../utils/audio/toneDetector.ts";

/** What is heard in a frame of the line. */
export interface LineSound {
  readonly durationMs: number;
  /** Somebody speaks; music and tones are no speech. */
  readonly isSpeech: boolean;
  readonly isMusic: boolean;
  /** A tone that sounds, from its first tenth of a second on. */
  readonly tone?: Tone | undefined;
  /** A tone that has ended in this frame. */
  readonly ended?: Tone | undefined;
}

/** Listens to the far end of a placed call: mu-law at 8 kHz, frames of any length, in order. */
export class LineEar {
  readonly #speech = new SpeechDetector({ hangoverMs: 240, marginDb: 10 });
  readonly #tones = new ToneDetector();
  readonly #music = new MusicDetector();

  hear(bytes: Uint8Array): LineSound {
    const durationMs = bytes.length / 8;
    const ended = this.#tones.hear(decodeG711(MU_LAW, bytes));
    this.#speech.hear(levelsOfBytes(bytes, bytes.length, "pcmu").levelDb, durationMs);
    this.#music.hear(bytes);
    const tone = this.#tones.sounding;
    const { isMusic } = this.#music;
    const isSpeech = this.#speech.speaking && tone === undefined && !isMusic;
    return { durationMs, isSpeech, isMusic, tone, ended };
  }
}

/** The tones by which a fax answers, and calls. */
export function isFax({ tone }: LineSound): boolean {
  return tone !== undefined && tone.ms >= FAX_MS && Math.abs(tone.hz - 2100) < 40;
}

const FAX_MS = 1000;
