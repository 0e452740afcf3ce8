import type { Base64 } from "../../utils/audio/audioFormat.ts";
import type { ModelSetup } from "../modelSetup.ts";
import { OpeningLimit } from "../../utils/openingLimit.ts";
import type { ModelLoss, ModelSink, OpenModel, RealtimeClient } from "../realtimeClient.ts";
import type { Milliseconds } from "../types.ts";

/** Audio that is kept while there is no model connection to give it to: about ten seconds of frames. */
const MAX_WAITING_FRAMES = 500;
/** A connection that is lost repeatedly takes six a minute, and rotation 36 an hour: only a loop takes more. */
const OPENING_RATES = [{ withinMs: 60_000, max: 8 }, { withinMs: 60 * 60_000, max: 40 }];
/** Only a loop opens so many: waiting would slow it down and not end it. */
const LIMIT_REACHED: ModelLoss = { code: "open_limit", retry: "no" };

/** Holds the open connection of a call, at most one; audio waits while there is none. */
export class ModelSlot {
  readonly #openModel: OpenModel;
  readonly #listener: ModelSink;
  readonly #limit = new OpeningLimit(OPENING_RATES);
  #client: RealtimeClient | undefined;
  /** Belongs to the present connection; what earlier ones still send is ignored. */
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

  /** Beyond the call's limit nothing is opened, and the connection counts as lost. */
  open(setup: ModelSetup, now: Milliseconds): void {
    if (!this.#limit.tryOpen(now)) {
      this.close();
      return this.#listener.onInput({ type: "modelLost", loss: LIMIT_REACHED });
    }
    const isCurrent = () => this.#sink === sink;
    const sink: ModelSink = {
      onInput: (input) => {
        if (!isCurrent()) return;
        if (input.type === "modelLost") this.close();
        this.#listener.onInput(input);
      },
      onSpeech: (ref, audio) => {
        if (isCurrent()) this.#listener.onSpeech(ref, audio);
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

  /** Audio from now on waits for the next connection. */
  close(): void {
    this.#sink = undefined;
    this.#client?.close();
    this.#client = undefined;
  }
}
