/** Detects a microphone that delivers only zeros, which even a quiet place never produces. */
export class SilenceWatch {
  readonly #onChange: () => void;
  #silentFrames = 0;

  /** `onChange` is called whenever `silent` has changed, except by `reset`. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get silent(): boolean {
    return this.#silentFrames >= SILENT_FRAMES;
  }

  /** Takes 20 ms of PCM16. */
  process(frame: ArrayBuffer): void {
    const wasSilent = this.silent;
    this.#silentFrames = isZero(frame) ? this.#silentFrames + 1 : 0;
    if (wasSilent !== this.silent) this.#onChange();
  }

  reset(): void {
    this.#silentFrames = 0;
  }
}

/** Five seconds. */
const SILENT_FRAMES = 250;

function isZero(frame: ArrayBuffer): boolean {
  return new Int16Array(frame).every((sample) => sample === 0);
}
