import { DtmfReceiver } from "../../../utils/audio/dtmf.ts";
import { decodeG711, MU_LAW } from "../../../utils/audio/g711.ts";
import type { SimClock } from "../simClock.ts";

interface KeyEarOptions {
  readonly clock: SimClock;
  /** How long ago the answer was. */
  readonly talkMs: () => number;
  /** What was heard between two times since the answer, mu-law. */
  readonly heardLately: (fromMs: number, toMs: number) => Uint8Array;
}

/**
 * Hears keys in the sound of a line, whether the network plays them or the other side sends them as audio.
 * It hears them some 100 ms late, as what is heard may be cut until it has been played.
 */
export class KeyEar {
  readonly #options: KeyEarOptions;
  readonly #receiver = new DtmfReceiver();
  readonly #keys: string[] = [];
  #heardMs: number;
  #cancel: (() => void) | undefined;
  #wake: (() => void) | undefined;

  constructor(options: KeyEarOptions) {
    this.#options = options;
    this.#heardMs = options.talkMs();
    this.#listen();
  }

  /** The next key; undefined where none comes in time, or the signal aborts. */
  async next(withinMs: number, signal: AbortSignal): Promise<string | undefined> {
    const { clock } = this.#options;
    if (this.#keys.length === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const cancel = withinMs === Infinity ? () => {} : clock.at(clock.now() + withinMs, settle);
        const settleOnAbort = () => settle();
        function settle(): void {
          cancel();
          signal.removeEventListener("abort", settleOnAbort);
          resolve();
        }
        this.#wake = settle;
        signal.addEventListener("abort", settleOnAbort, { once: true });
      });
      this.#wake = undefined;
    }
    return signal.aborted ? undefined : this.#keys.shift();
  }

  close(): void {
    this.#cancel?.();
  }

  #listen(): void {
    const { clock, talkMs, heardLately } = this.#options;
    this.#cancel = clock.at(clock.now() + EVERY_MS, () => {
      this.#listen();
      const until = talkMs();
      const audio = heardLately(this.#heardMs, until);
      this.#heardMs += audio.length / 8;
      const keys = this.#receiver.hear(decodeG711(MU_LAW, audio));
      if (keys === "") return;
      this.#keys.push(...keys);
      this.#wake?.();
    });
  }
}

const EVERY_MS = 100;
