import type { ModelRequest } from "../../call/realtimeClient.ts";
import { type Base64, base64ByteLength } from "../../utils/audio/audioFormat.ts";

type HeldInput =
  | { readonly type: "audio"; readonly audio: Base64 }
  | { readonly type: "commit" }
  | { readonly type: "request"; readonly request: ModelRequest };

/**
 * Keeps what is said to a model that is not ready yet.
 *
 * Requests go first, so that a greeting asked for while the caller already speaks is one response that
 * the caller interrupts, and not a second one that collides with the reply to what was said. From the
 * first commit on, order matters (a reply is to what was committed), and everything stays in it.
 */
export class HeldInputs {
  readonly #maxAudioBytes: number;
  readonly #requestsFirst: ModelRequest[] = [];
  readonly #ordered: HeldInput[] = [];
  #audioBytes = 0;
  #requests = 0;
  #committed = false;
  #droppedFrames = 0;

  constructor({ maxAudioBytes }: { readonly maxAudioBytes: number }) {
    this.#maxAudioBytes = maxAudioBytes;
  }

  /** Frames given up, oldest first, to stay within the limit. */
  get droppedFrames(): number {
    return this.#droppedFrames;
  }

  /** False where no more requests can be kept. */
  holdRequest(request: ModelRequest): boolean {
    if (this.#requests >= MAX_REQUESTS) return false;
    this.#requests++;
    if (this.#committed) this.#ordered.push({ type: "request", request });
    else this.#requestsFirst.push(request);
    return true;
  }

  holdAudio(audio: Base64): void {
    this.#audioBytes += base64ByteLength(audio);
    this.#ordered.push({ type: "audio", audio });
    while (this.#audioBytes > this.#maxAudioBytes || this.#ordered.length > MAX_FRAMES) {
      this.#dropOldest();
    }
  }

  /** Ends a turn; nothing happens where the caller has said nothing since the last. */
  holdCommit(): void {
    if (!this.#ordered.some((input) => input.type === "audio")) return;
    this.#committed = true;
    this.#ordered.push({ type: "commit" });
  }

  /** Forgets what the caller has said since the last commit. */
  clearAudio(): void {
    const turn = this.#ordered.findLastIndex((input) => input.type === "commit") + 1;
    const kept = this.#ordered.splice(turn).filter((input) => input.type !== "audio");
    this.#ordered.push(...kept);
    this.#audioBytes = this.#ordered.reduce((sum, input) => sum + bytesOf(input), 0);
  }

  /** Removes and returns the requests that go before any audio. */
  releaseRequests(): readonly ModelRequest[] {
    return this.#requestsFirst.splice(0);
  }

  /** Removes and returns the audio and the requests between its frames. */
  releaseAudio(): readonly HeldInput[] {
    return this.#ordered.splice(0);
  }

  #dropOldest(): void {
    const index = Math.max(0, this.#ordered.findIndex((input) => input.type === "audio"));
    const [dropped] = this.#ordered.splice(index, 1);
    if (!dropped || dropped.type !== "audio") return;
    this.#audioBytes -= bytesOf(dropped);
    this.#droppedFrames++;
  }
}

const MAX_REQUESTS = 256;
/** A minute of frames of 5 ms. */
const MAX_FRAMES = 12_000;

function bytesOf(input: HeldInput): number {
  return input.type === "audio" ? base64ByteLength(input.audio) : 0;
}
