import type { SpeechQueue } from "../media/speechQueue.ts";
import type { Random } from "../random.ts";
import type { SimClock } from "../simClock.ts";
import { addNoise } from "./sounds.ts";

/** Where the frames of a call's audio come from: 20 ms of mu-law, one after the other. */
export interface FrameSource {
  nextFrame(): Uint8Array<ArrayBuffer>;
}

export interface CalleeLineOptions {
  readonly clock: SimClock;
  readonly speech: SpeechQueue;
  readonly noiseDb?: number | undefined;
  readonly random: Random;
}

/** Milliseconds of a frame. */
const FRAME_MS = 20;
/** A stream that takes no frames loses the oldest, as on a line. */
const MAX_WAITING = 500;

/**
 * The sound of a far end from the answer on, whether anybody listens or not: who comes late has missed
 * what was said before.
 */
export class CalleeLine {
  readonly #options: CalleeLineOptions;
  readonly #listeners = new Set<(frame: Uint8Array<ArrayBuffer>) => void>();
  #startedAt = 0;
  #frames = 0;
  #cancel: (() => void) | undefined;

  constructor(options: CalleeLineOptions) {
    this.#options = options;
  }

  /** How much has sounded. */
  get atMs(): number {
    return this.#frames * FRAME_MS;
  }

  start(): void {
    this.#startedAt = this.#options.clock.now();
    this.#pump();
  }

  close(): void {
    this.#cancel?.();
    this.#listeners.clear();
  }

  /** Calls back for every frame from now on; the answer stops it. */
  listen(listener: (frame: Uint8Array<ArrayBuffer>) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The frames from now on, for one who takes them at the pace of the clock. */
  open(): FrameSource & { close(): void } {
    const waiting: Uint8Array<ArrayBuffer>[] = [];
    const close = this.listen((frame) => {
      waiting.push(frame);
      if (waiting.length > MAX_WAITING) waiting.shift();
    });
    return {
      nextFrame: () => {
        // Timers are not exact: the other clock may be a frame ahead.
        if (waiting.length === 0) this.#sound();
        return waiting.shift() ?? new Uint8Array(FRAME_MS * 8).fill(0xff);
      },
      close,
    };
  }

  #pump(): void {
    const { clock } = this.#options;
    const elapsed = clock.now() - this.#startedAt;
    while ((this.#frames + 1) * FRAME_MS <= elapsed) this.#sound();
    this.#cancel = clock.at(
      this.#startedAt + (this.#frames + 1) * FRAME_MS,
      () => this.#pump(),
    );
  }

  #sound(): void {
    const { speech, noiseDb, random } = this.#options;
    const frame = speech.nextFrame();
    if (noiseDb !== undefined) addNoise(frame, noiseDb, random);
    this.#frames++;
    for (const listener of this.#listeners) listener(frame);
  }
}
