import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import type { CallEar, ListenedCall } from "../callEar.ts";
import type { CallLeg } from "../callLeg.ts";
import type { HeardSound } from "../callTap.ts";
import type { Milliseconds } from "../types.ts";

export type Line = Pick<CallLeg, "play" | "mark" | "clear">;

/** Lets an ear hear what goes over a call's line. Without one nothing is done; a fault of it never reaches the call. */
export class EarOnLine {
  #ear: CallEar | undefined;

  /** One at a time. */
  put(
    ear: CallEar,
    call: { readonly startedAt: Milliseconds; readonly queuedSpeech: readonly HeardSound[] },
    format: AudioFormat,
  ): ListenedCall {
    this.#ear = ear;
    const stop = () => {
      if (this.#ear === ear) this.#ear = undefined;
    };
    return { format, startedAt: call.startedAt, queued: call.queuedSpeech, stop };
  }

  /** A frame of the caller's. */
  hear(frame: Uint8Array): void {
    if (this.#ear !== undefined) this.#tell((ear) => ear.caller(frame));
  }

  /** The leg, and with it the ear. */
  over(leg: Line | undefined): Line | undefined {
    if (this.#ear === undefined || leg === undefined) return leg;
    return {
      play: (piece) => {
        leg.play(piece);
        this.#tell((ear) => ear.agent(piece.audio));
      },
      mark: (name) => leg.mark(name),
      clear: () => {
        leg.clear();
        this.clear();
      },
    };
  }

  /** The leg plays nothing more. */
  clear(): void {
    this.#tell((ear) => ear.clear());
  }

  #tell(what: (ear: CallEar) => void): void {
    const ear = this.#ear;
    if (ear === undefined) return;
    try {
      what(ear);
    } catch {
      this.#ear = undefined;
    }
  }
}
