/// <reference lib="dom" />
import type {} from "./workletScope.ts";
import { createResampler } from "./resampler.ts";

const RATE_HZ = 24_000;
const FRAME_SAMPLES = 480;
/** One render quantum. */
const SILENCE = new Float32Array(128);

/** Converts the input, of any rate, into the frames that are sent: 20 ms of PCM16 at 24 kHz. */
class Capture extends AudioWorkletProcessor {
  readonly #resample = createResampler(sampleRate, RATE_HZ);
  #frame = new Int16Array(FRAME_SAMPLES);
  #filled = 0;

  process([input]: Float32Array[][]): boolean {
    // Firefox gives no channel while the microphone is muted or delivers nothing: frames go on all the same.
    for (const sample of this.#resample(input?.[0] ?? SILENCE)) {
      this.#frame[this.#filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
      if (this.#filled === FRAME_SAMPLES) this.#send();
    }
    return true;
  }

  #send(): void {
    this.port.postMessage(this.#frame.buffer, [this.#frame.buffer]);
    this.#frame = new Int16Array(FRAME_SAMPLES);
    this.#filled = 0;
  }
}

registerProcessor("capture", Capture);
