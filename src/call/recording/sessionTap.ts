import type { CallCommand } from "../callCommand.ts";
import type { CallTap } from "../callTap.ts";
import { isCallEnd, type Milliseconds, type SessionEnd } from "../types.ts";

/** Takes a session's audio to its recording, which is opened when there is first something to record. */
export class SessionTap {
  readonly #open: () => CallTap | undefined;
  readonly #call: { readonly startedAt: Milliseconds };
  #tap: CallTap | undefined;

  constructor(open: () => CallTap | undefined, call: { readonly startedAt: Milliseconds }) {
    this.#open = open;
    this.#call = call;
  }

  perform(command: Extract<CallCommand, { type: "keepHeard" | "record" }>): void {
    if (command.type === "keepHeard") {
      const { audio, at } = command.sound;
      return this.#tap?.agent(audio, at - this.#call.startedAt);
    }
    const { change, at } = command;
    if (change === "start") this.#tap ??= this.#open();
    this.#tap?.change(change, at - this.#call.startedAt);
  }

  /** A frame of the caller's that has just arrived. */
  hear(frame: Uint8Array, now: Milliseconds): void {
    this.#tap?.caller(frame, now - this.#call.startedAt);
  }

  close(now: Milliseconds, end: SessionEnd): void {
    this.#tap?.close(now - this.#call.startedAt, !isCallEnd(end));
    this.#tap = undefined;
  }
}
