import type { CallTap, RecordingChange } from "../../call/callTap.ts";
import { AGENT_PIECE, CALLER_PIECE } from "./recordingMessages.ts";
import type { RecordingThread } from "./recordingThread.ts";

/** Takes one session's audio to the thread that writes it. */
export class RecordingTap implements CallTap {
  readonly #thread: Pick<RecordingThread, "send" | "batch" | "isOpen">;
  readonly #tap: number;
  #hears = false;
  #stoppedMs = Infinity;

  constructor(thread: Pick<RecordingThread, "send" | "batch" | "isOpen">, tap: number) {
    this.#thread = thread;
    this.#tap = tap;
  }

  caller(frame: Uint8Array, atMs: number): void {
    if (this.#hears) this.#thread.batch.add(this.#tap, CALLER_PIECE, atMs, frame);
  }

  /** Also what was heard before a pause, and becomes known during it. */
  agent(audio: Uint8Array, atMs: number): void {
    if (atMs >= this.#stoppedMs || !this.#thread.isOpen(this.#tap)) return;
    this.#thread.batch.add(this.#tap, AGENT_PIECE, atMs, audio);
  }

  change(change: RecordingChange, atMs: number): void {
    this.#hears = (change === "start" || change === "resume") && this.#thread.isOpen(this.#tap);
    if (change === "stop") this.#stoppedMs = atMs;
    this.#thread.send({ type: "change", tap: this.#tap, change, atMs });
  }

  /** Nothing more can be kept. */
  fail(): void {
    this.#hears = false;
    this.#stoppedMs = -Infinity;
  }

  close(atMs: number): void {
    this.fail();
    this.#thread.send({ type: "close", tap: this.#tap, atMs });
  }
}
