import {
  type AudioFormat,
  type Base64,
  bytesPerMs,
  decodeBase64,
  silenceOf,
} from "../../utils/audio/audioFormat.ts";
import { levelsOfBytes } from "../../utils/audio/audioLevel.ts";
import { MusicDetector } from "../../utils/audio/musicDetector.ts";
import { BusyToneDetector } from "../../utils/audio/busyToneDetector.ts";
import { decodeFrame } from "../../utils/audio/frameDecoder.ts";
import { QuietDetector } from "../../utils/audio/quietDetector.ts";
import { SpeechDetector } from "../../utils/audio/speechDetector.ts";
import type { CallInput } from "../callInput.ts";
import type { CallerFrame } from "../model/modelSlot.ts";
import { FrameGap } from "./frameGap.ts";
import { SilenceFill } from "./silenceFill.ts";
import type { Clock } from "../../utils/clock.ts";

type LineInput = Extract<
  CallInput,
  { readonly type: "callerLevel" | "lineSound" | "busyTone" | "framesLate" }
>;

interface CallerAudioOptions {
  readonly format: AudioFormat;
  /** Whether turns end by the level that is measured here, and not by what a model hears. */
  readonly endsTurns: () => boolean;
  /** Gets each frame, and silence in place of those that do not come while a turn goes on. */
  readonly onAudio: (frame: CallerFrame) => void;
  /** Whether music is told from speech, on a line of mu-law. */
  readonly hearsMusic: () => boolean;
  /** Gets what the sound of the line shows. */
  readonly onInput: (input: LineInput) => void;
  /** Gets each frame that came, before `onAudio`; the bytes change with the next. */
  readonly onFrame: (bytes: Uint8Array) => void;
}

/**
 * The caller's audio: forwarded as it is, and its level read. Every policy needs the level: it ends the
 * turns where the model has no turn detection, and shows where it has one whether the model hears. Besides,
 * it tells which frames need not be hurried: those of a quiet line, while no turn is under way.
 */
export class CallerAudio {
  readonly #clock: Clock;
  readonly #options: CallerAudioOptions;
  readonly #gap = new FrameGap();
  readonly #detector = new SpeechDetector();
  readonly #quiet = new QuietDetector();
  readonly #busyTone = new BusyToneDetector();
  readonly #silenceFill: SilenceFill;
  #music: MusicDetector | undefined;
  #listener: ((bytes: Uint8Array) => void) | undefined;

  constructor(clock: Clock, options: CallerAudioOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#silenceFill = new SilenceFill(clock, (durationMs) => {
      const silence = silenceOf(durationMs, options.format);
      this.#forward(silence, decodeBase64(silence));
    });
  }

  /** False where it is no frame: not base64, or empty. */
  hear(audio: Base64): boolean {
    const bytes = decodeFrame(audio);
    if (bytes === undefined) return false;
    this.#silenceFill.frame();
    if (this.#gap.frame(this.#clock.now())) this.#options.onInput({ type: "framesLate" });
    this.#options.onFrame(bytes);
    this.#listener?.(bytes);
    this.#forward(audio, bytes);
    return true;
  }

  /** Calls back for each frame, until what it returns is called; one listener at a time. */
  listen(listener: (bytes: Uint8Array) => void): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }

  /**
   * Follows the call before its machine does: the caller's turns, as the model or the level reports them, to
   * fill gaps in them, and whether frames are late.
   */
  follow(input: CallInput): void {
    if (this.#gap.isLate(this.#clock.now())) this.#options.onInput({ type: "framesLate" });
    switch (input.type) {
      case "joined":
      case "lost":
        return this.#gap.reset();
      case "speechStarted":
        return this.#silenceFill.turnBegins();
      case "speechStopped":
      case "committed":
      case "modelLost":
        return this.#silenceFill.turnEnds();
      case "callerLevel":
        if (!this.#options.endsTurns()) return;
        return input.speaking ? this.#silenceFill.turnBegins() : this.#silenceFill.turnEnds();
    }
  }

  close(): void {
    this.#silenceFill.turnEnds();
  }

  #forward(audio: Base64, bytes: Uint8Array): void {
    const { format, onAudio, hearsMusic, onInput } = this.#options;
    if (format === "pcmu" && hearsMusic()) {
      const sound = (this.#music ??= new MusicDetector()).hear(bytes);
      if (sound !== undefined) onInput({ type: "lineSound", ...sound });
    }
    const durationMs = bytes.length / bytesPerMs(format);
    const levels = levelsOfBytes(bytes, bytes.length, format);
    const change = this.#detector.hear(levels.levelDb, durationMs);
    const isQuiet = this.#quiet.hear(levels, durationMs);
    const mayWait = isQuiet && !this.#detector.speaking && !this.#silenceFill.isTurn;
    onAudio({ audio, bytes, durationMs, mayWait });
    if (change !== undefined) onInput({ type: "callerLevel", speaking: change === "started" });
    if (format === "pcmu" && this.#busyTone.hear(levels.levelDb, durationMs)) {
      onInput({ type: "busyTone" });
    }
  }
}
