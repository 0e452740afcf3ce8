import type { SimClock } from "../simClock.ts";
import type { LegAudio } from "./leg.ts";

/** Plays audio to a person; resolves at its end. What is not played when the signal aborts is never heard. */
export async function playTo(
  audio: LegAudio,
  sound: Uint8Array,
  clock: SimClock,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  audio.hear(sound, clock.now());
  try {
    await clock.wait(sound.length / bytesPerMs, signal);
  } catch (error) {
    audio.cut(clock.now());
    throw error;
  }
}

const bytesPerMs = 8;
