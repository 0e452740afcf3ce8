/// <reference lib="dom" />
import type {} from "./workletScope.ts";

/** Both sides of a stretch of a call, at the rate of the context. */
export interface StereoSamples {
  readonly left: Float32Array<ArrayBuffer>;
  readonly right: Float32Array<ArrayBuffer>;
}

/** So much waits before sound begins: networks are uneven. */
const BUFFERED_SECONDS = 0.25;
/** Where more waits, the oldest is left out: who listens stays near the call. */
const MOST_SECONDS = 1;

/** Plays what is heard of a call, in the order in which it comes. */
class Listening extends AudioWorkletProcessor {
  #queue: StereoSamples[] = [];
  #used = 0;
  #waiting = 0;
  #plays = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<StereoSamples>) => this.#add(data);
  }

  process(_inputs: Float32Array[][], [output]: Float32Array[][]): boolean {
    const [left, right] = output ?? [];
    if (left === undefined || right === undefined || !this.#plays) return true;
    let filled = 0;
    for (let next = this.#queue[0]; next !== undefined && filled < left.length;) {
      const end = this.#used + left.length - filled;
      const part = next.left.subarray(this.#used, end);
      left.set(part, filled);
      right.set(next.right.subarray(this.#used, end), filled);
      filled += part.length;
      this.#used += part.length;
      this.#waiting -= part.length;
      if (this.#used >= next.left.length) {
        this.#queue.shift();
        this.#used = 0;
        next = this.#queue[0];
      }
    }
    if (filled < left.length) this.#plays = false;
    return true;
  }

  #add(samples: StereoSamples): void {
    this.#queue.push(samples);
    this.#waiting += samples.left.length;
    if (this.#waiting > MOST_SECONDS * sampleRate) this.#catchUp();
    this.#plays ||= this.#waiting >= BUFFERED_SECONDS * sampleRate;
  }

  #catchUp(): void {
    while (this.#waiting > BUFFERED_SECONDS * sampleRate && this.#queue.length > 1) {
      this.#waiting -= (this.#queue.shift()?.left.length ?? 0) - this.#used;
      this.#used = 0;
    }
  }
}

registerProcessor("listening", Listening);
