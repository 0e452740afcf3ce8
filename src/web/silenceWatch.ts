/** Notices that a microphone gives nothing at all; even a quiet room is not that quiet. */
export interface SilenceWatch {
  readonly silent: boolean;
  /** 20 ms of PCM16. */
  hear(frame: ArrayBuffer): void;
  reset(): void;
}

export function createSilenceWatch(onChange: () => void): SilenceWatch {
  let silentFrames = 0;

  return {
    get silent() {
      return silentFrames >= SILENT_FRAMES;
    },
    hear(frame) {
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
