import { decodeG711, MU_LAW } from "../../../utils/audio/g711.ts";
import { backgroundNoise, type NoiseKind } from "../../sound/backgroundNoise.ts";
import type { FrameSource } from "../callee/calleeLine.ts";
import type { Random } from "../random.ts";

/** What a line makes of a caller's voice. */
export interface CallerConditions {
  readonly noise?: { readonly kind: NoiseKind; readonly levelDb: number } | undefined;
  /** The share of frames that arrive as silence. */
  readonly lossPercent?: number | undefined;
}

/** The caller's frames as the network gets them: the voice, what is heard beside it, and what is lost. */
export class CallerFrames implements FrameSource {
  readonly #voice: FrameSource;
  readonly #random: Random;
  readonly #loss: number;
  readonly #noise: Int16Array | undefined;
  #at = 0;

  constructor(
    voice: FrameSource,
    { noise, lossPercent = 0 }: CallerConditions,
    random: Random,
  ) {
    this.#voice = voice;
    this.#random = random;
    this.#loss = lossPercent / 100;
    this.#noise = noise && backgroundNoise(noise.kind, noise.levelDb);
  }

  nextFrame(): Uint8Array<ArrayBuffer> {
    const frame = this.#voice.nextFrame();
    if (this.#noise !== undefined) this.#mix(frame, this.#noise);
    if (this.#loss > 0 && this.#random() < this.#loss) frame.fill(SILENCE);
    return frame;
  }

  #mix(frame: Uint8Array, noise: Int16Array): void {
    const voice = decodeG711(MU_LAW, frame);
    for (let i = 0; i < frame.length; i++) {
      const sample = (voice[i] ?? 0) + (noise[this.#at++ % noise.length] ?? 0);
      frame[i] = MU_LAW.encoded[Math.max(-32_768, Math.min(32_767, sample)) & 0xffff] ?? SILENCE;
    }
  }
}

const SILENCE = 0xff;
