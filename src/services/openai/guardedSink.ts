import type { ModelInput, ModelSink, SpeechRef } from "../../call/realtimeClient.ts";
import type { Base64 } from "../../utils/audio/audioFormat.ts";
import type { Log } from "../../utils/logger.ts";

/** What a listener throws would leave a socket's event handler and end the process: it is logged instead. */
export class GuardedSink {
  readonly #sink: ModelSink;
  readonly #log: Pick<Log, "error">;

  constructor(sink: ModelSink, log: Pick<Log, "error">) {
    this.#sink = sink;
    this.#log = log;
  }

  onInput(input: ModelInput): void {
    try {
      this.#sink.onInput(input);
    } catch (error) {
      this.#notHandled(error);
    }
  }

  onSpeech(ref: SpeechRef, audio: Base64): void {
    try {
      this.#sink.onSpeech(ref, audio);
    } catch (error) {
      this.#notHandled(error);
    }
  }

  #notHandled(error: unknown): void {
    this.#log.error("Model input could not be handled", { error });
  }
}
