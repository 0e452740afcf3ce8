import { frameLevel } from "./frameLevel.ts";
import type { PlaybackReport } from "./playbackMessages.ts";

/**
 * Times each answer as the ear gets it: from the caller's last sound at the microphone to the agent's
 * first sound out of the loudspeaker. Takes milliseconds of one clock that does not go back.
 */
export class EarLatency {
  readonly #onLatency: (itemId: string, ms: number) => void;
  readonly #level = new VoiceLevel();
  #lastSoundAt: number | undefined;
  /** When the caller fell silent, until an answer is heard. */
  #stoppedAt: number | undefined;
  /** Where in an item its first sound is, and how much of it has come. */
  readonly #items = new Map<
    string,
    { readonly receivedMs: number; readonly soundMs?: number }
  >();
  readonly #timed = new Set<string>();

  constructor(onLatency: (itemId: string, ms: number) => void) {
    this.#onLatency = onLatency;
  }

  /** The caller's frame of PCM16 at 24 kHz, just captured. */
  captured(frame: ArrayBuffer, now: number): void {
    if (this.#level.isVoice(frameLevel(frame))) this.#lastSoundAt = now;
  }

  /** The server has noticed that the caller's turn is over. */
  callerStopped(): void {
    this.#stoppedAt = this.#lastSoundAt;
  }

  /** There is nothing to time: the caller goes on, or has typed. */
  abandon(): void {
    this.#stoppedAt = undefined;
  }

  /** A piece of an item has come, PCM16 at 24 kHz; `fromMs` where it is not the item's beginning. */
  received(itemId: string, pcm: ArrayBuffer, fromMs?: number): void {
    const known = this.#items.get(itemId);
    const atMs = fromMs ?? known?.receivedMs ?? 0;
    const samples = new Int16Array(pcm);
    const first = known?.soundMs === undefined
      ? samples.findIndex((sample) => Math.abs(sample) >= AUDIBLE)
      : -1;
    const soundMs = known?.soundMs ?? (first < 0 ? undefined : atMs + first / SAMPLES_PER_MS);
    this.#items.set(itemId, {
      receivedMs: atMs + samples.length / SAMPLES_PER_MS,
      ...(soundMs !== undefined && { soundMs }),
    });
    if (this.#items.size > MAX_ITEMS) forgetOldest(this.#items);
  }

  /** How much of an item has come. */
  receivedMs(itemId: string): number {
    return this.#items.get(itemId)?.receivedMs ?? 0;
  }

  /** So much of an item has reached the ear. */
  heard({ itemId, ms }: Pick<PlaybackReport, "itemId" | "ms">, now: number): void {
    const { soundMs } = this.#items.get(itemId) ?? {};
    if (soundMs === undefined || ms < soundMs || this.#timed.has(itemId)) return;
    this.#timed.add(itemId);
    if (this.#timed.size > MAX_ITEMS) forgetOldest(this.#timed);
    const stoppedAt = this.#stoppedAt;
    this.#stoppedAt = undefined;
    if (stoppedAt !== undefined) {
      this.#onLatency(itemId, Math.max(0, Math.round(now - (ms - soundMs) - stoppedAt)));
    }
  }
}

/** Tells a voice from the noise of the place, which is the quietest of the last seconds. */
class VoiceLevel {
  #before = Infinity;
  #quietest = Infinity;
  #frames = 0;

  isVoice(level: number): boolean {
    this.#quietest = Math.min(this.#quietest, level);
    const noise = Math.min(this.#before, this.#quietest);
    if (++this.#frames === NOISE_FRAMES) {
      this.#before = this.#quietest;
      this.#quietest = Infinity;
      this.#frames = 0;
    }
    return level > Math.max(QUIETEST, noise * VOICE_RATIO);
  }
}

function forgetOldest(known: { keys(): Iterator<string>; delete(key: string): boolean }): void {
  const { value, done } = known.keys().next();
  if (done !== true) known.delete(value);
}

const SAMPLES_PER_MS = 24;
/** Some -46 dB: what comes before it is the silence at the beginning of a recording. */
const AUDIBLE = 160;
/** Some -50 dB. */
const QUIETEST = 0.003;
const VOICE_RATIO = 3;
/** Two seconds: whoever speaks pauses sooner. */
const NOISE_FRAMES = 100;
const MAX_ITEMS = 50;
