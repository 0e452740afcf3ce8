import type { CommandBuffer } from "../machine/commandBuffer.ts";
import type { Milliseconds } from "../types.ts";

/** What a model gets of the time before music gave way to speech: more than the onset of a word. */
const PREROLL_MS = 400;
/** So much of the line is kept while nothing of it is sent. */
const KEPT_MS = 3000;

/**
 * The time on hold. While music plays, the line is kept from the model; what is said in between is given to
 * it from its first sound on. The hold lasts until somebody is answered.
 */
export class Hold {
  readonly #commands: CommandBuffer;
  /** Since when nothing is sent. */
  #withheldSince: Milliseconds | undefined;
  #onSince: Milliseconds | undefined;
  /** Since when something else than music is heard. */
  #heardSince: Milliseconds | undefined;
  /** Of the present hold, and of those before. */
  #withheldMs = 0;
  #totalMs = 0;

  constructor(commands: CommandBuffer) {
    this.#commands = commands;
  }

  /** Music plays, and nothing of the line goes to the model. */
  get withholds(): boolean {
    return this.#withheldSince !== undefined;
  }

  /** Also while an announcement is heard in between. */
  get isOn(): boolean {
    return this.#onSince !== undefined;
  }

  /** All holds of the call so far. */
  totalMs(now: Milliseconds): Milliseconds {
    return this.#totalMs + (this.#onSince === undefined ? 0 : now - this.#onSince);
  }

  /** When the holds of the call have lasted for so long, if this one goes on. */
  endsAt(maxMs: Milliseconds): Milliseconds | undefined {
    return this.#onSince === undefined ? undefined : this.#onSince + maxMs - this.#totalMs;
  }

  music(now: Milliseconds): void {
    if (this.#withheldSince !== undefined) return;
    this.#withheldSince = now;
    this.#heardSince = undefined;
    this.#commands.push({ type: "withholdAudio" });
    if (this.#onSince !== undefined) return;
    this.#onSince = now;
    this.#withheldMs = 0;
    this.#commands.publish({ type: "hold", on: true });
  }

  /** Something else is heard since then. */
  heard(since: Milliseconds, now: Milliseconds): void {
    if (this.#withheldSince === undefined) return;
    this.#heardSince = Math.max(since, this.#withheldSince);
    const from = Math.max(since - PREROLL_MS, this.#withheldSince);
    this.#withheldMs += from - this.#withheldSince;
    this.#withheldSince = undefined;
    this.#commands.push({ type: "releaseAudio", from: Math.max(from, now - KEPT_MS) });
  }

  /** Somebody is there, since they were heard, or the call goes on otherwise. */
  over(now: Milliseconds): void {
    if (this.#onSince === undefined) return;
    this.heard(now, now);
    const durationMs = (this.#heardSince ?? now) - this.#onSince;
    this.#totalMs += now - this.#onSince;
    this.#onSince = undefined;
    this.#commands.publish({
      type: "hold",
      on: false,
      durationMs: Math.round(durationMs),
      withheldMs: Math.round(this.#withheldMs),
    });
  }

  /** From when on the line's audio may still be given to the model. */
  audioNeededFrom(now: Milliseconds): Milliseconds {
    return this.withholds ? now - KEPT_MS : now;
  }
}
