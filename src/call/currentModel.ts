import type { Base64 } from "../utils/audioFormat.ts";
import type { ModelSetup } from "./modelSetup.ts";
import type { ModelSink, OpenModel, RealtimeClient } from "./realtimeClient.ts";

/** Audio that is kept while there is no model connection to give it to: about ten seconds of frames. */
const MAX_WAITING_FRAMES = 500;

/** The model connection that counts, at most one: connections come and go, and audio waits between them. */
export class CurrentModel {
  readonly #openModel: OpenModel;
  readonly #listener: ModelSink;
  #client: RealtimeClient | undefined;
  /** Belongs to the present connection; what others still say does not count. */
  #sink: ModelSink | undefined;
  #waiting: Base64[] = [];

  constructor(openModel: OpenModel, listener: ModelSink) {
    this.#openModel = openModel;
    this.#listener = listener;
  }

  /** The present connection, if there is one. */
  get client(): RealtimeClient | undefined {
    return this.#client;
  }

  open(setup: ModelSetup): void {
    const isCurrent = () => this.#sink === sink;
    const sink: ModelSink = {
      input: (input) => {
        if (!isCurrent()) return;
        if (input.type === "modelLost") this.close();
        this.#listener.input(input);
      },
      speech: (ref, audio) => {
        if (isCurrent()) this.#listener.speech(ref, audio);
      },
    };
    this.#sink = sink;
    this.#client = this.#openModel(setup, sink);
    for (const audio of this.#waiting) this.#client.sendAudio(audio);
    this.#waiting = [];
  }

  /** Goes to the present connection, or else to the next. */
  sendAudio(audio: Base64): void {
    if (this.#client !== undefined) return this.#client.sendAudio(audio);
    this.#waiting.push(audio);
    if (this.#waiting.length > MAX_WAITING_FRAMES) this.#waiting.shift();
  }

  /** What is said from now on waits for the next connection. */
  close(): void {
    this.#sink = undefined;
    this.#client?.close();
    this.#client = undefined;
  }
}
