/** Detects a microphone that delivers only zeros, which even a quiet place never produces. */
export interface SilenceWatch {
  readonly silent: boolean;
  /** Takes 20 ms of PCM16. */
  process(frame: ArrayBuffer): void;
  reset(): void;
}

/** `onChange` is called whenever `silent` has changed, except by `reset`. */
export function createSilenceWatch(onChange: () => void): SilenceWatch {
  let silentFrames = 0;

  return {
    get silent() {
      return silentFrames >= SILENT_FRAMES;
    },
    process(frame) {
      const wasSilent = silentFrames >= SILENT_FRAMES;
      silentFrames = isZero(frame) ? silentFrames + 1 : 0;
      if (wasSilent !== silentFrames >= SILENT_FRAMES) onChange();
    },
    reset() {
      silentFrames = 0;
    },
  };
}

/** Five seconds. */
const SILENT_FRAMES = 250;

function isZero(frame: ArrayBuffer): boolean {
  return new Int16Array(frame).every((sample) => sample === 0);
}
