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
  /** How long the answer tone of a fax has sounded, the turns of its phase included. */
  readonly faxMs?: number;
}

/** Listens to the far end of a placed call: mu-law at 8 kHz, frames of any length, in order. */
export class LineEar {
  readonly #speech = new SpeechDetector({ hangoverMs: 240, marginDb: 10 });
  readonly #tones = new ToneDetector();
  readonly #music = new MusicDetector();
  /** Of the answer tone of a fax, before what sounds now, and since when it is silent. */
  #faxMs = 0;
  #faxQuietMs = 0;

  hear(bytes: Uint8Array): LineSound {
    const durationMs = bytes.length / 8;
    const ended = this.#tones.hear(decodeG711(MU_LAW, bytes));
    this.#speech.hear(levelsOfBytes(bytes, bytes.length, "pcmu").levelDb, durationMs);
    this.#music.hear(bytes);
    const tone = this.#tones.sounding;
    const { isMusic } = this.#music;
    const isSpeech = this.#speech.speaking && tone === undefined && !isMusic;
    return {
      durationMs,
      isSpeech,
      isMusic,
      tone,
      ended,
      faxMs: this.#fax(tone, ended, durationMs),
    };
  }

  /** Many faxes turn the phase of the tone every 450 ms, which ends it for who listens for tones. */
  #fax(tone: Tone | undefined, ended: Tone | undefined, durationMs: number): number {
    if (isFaxTone(ended)) this.#faxMs += ended.ms;
    const sounds = isFaxTone(tone);
    this.#faxQuietMs = sounds || isFaxTone(ended) ? 0 : this.#faxQuietMs + durationMs;
    if (this.#faxQuietMs > FAX_PAUSE_MS) this.#faxMs = 0;
    return this.#faxMs + (sounds ? tone.ms : 0);
  }
}

/** Whether it is a fax that answers. */
export function isFax({ faxMs = 0 }: LineSound): boolean {
  return faxMs >= FAX_MS;
}

function isFaxTone(tone: Tone | undefined): tone is Tone {
  return tone !== undefined && Math.abs(tone.hz - 2100) < 40;
}

const FAX_MS = 1000;
/** A tone is known as one after a tenth of a second. */
const FAX_PAUSE_MS = 250;
