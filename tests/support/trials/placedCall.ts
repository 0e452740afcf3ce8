import type { CallInput } from "../../../src/call/callInput.ts";
import type { CallEvent } from "../../../src/call/callEvent.ts";
import { AnswerDetection } from "../../../src/services/outbound/amd/answerDetection.ts";
import type { AmdResult } from "../../../src/services/outbound/amd/amdResult.ts";
import { CallDriver } from "../call/callDriver.ts";

export const MESSAGE = "Please call us back.";
const GREETING_MS = 2000;
const MESSAGE_MS = 4000;
const FRAME_BYTES = 160;
const SILENT_FRAME_BYTES = 800;
/** Words are known that long after they were said. */
const WORDS_MS = 700;

interface Message {
  readonly fromMs: number;
  readonly toMs?: number;
  /** Who was there as it was asked for. */
  readonly to: string | undefined;
}

/** A placed call whose far end is sounds, with a model that says at once what it is asked for. */
export class PlacedCall {
  readonly messages: Message[] = [];
  /** When anything else was said. */
  readonly talks: number[] = [];
  readonly pickups: { readonly who: string; readonly why: string; readonly atMs: number }[] = [];
  readonly #call: CallDriver;
  readonly #detection: AnswerDetection;
  readonly #later: { readonly atMs: number; readonly input: CallInput }[] = [];
  readonly #transcribes: boolean;
  readonly #spoken = new Map<string, Message>();
  #hear: ((bytes: Uint8Array) => void) | undefined;
  #seen = 0;
  #items = 0;

  constructor(transcribes: boolean) {
    this.#transcribes = transcribes;
    this.#call = new CallDriver({
      direction: "outbound",
      findsOutWhoAnswers: true,
      modelResponds: false,
      greeting: "Good day.",
      idleMs: 10_000,
      maxMs: 240_000,
    });
    const session = {
      input: (input: CallInput) => this.#call.input(input),
      listenToLine: (listener: (bytes: Uint8Array) => void) => {
        this.#hear = listener;
        return () => void (this.#hear = undefined);
      },
    };
    this.#detection = new AnswerDetection({
      session: () => session,
      onChange: () => {},
      message: () => MESSAGE,
      screening: () => "Ann calls.",
      now: () => this.#call.now,
      setTimer: () => () => {},
    });
    this.#detection.listen(session, transcribes);
    this.#call.connect();
    this.#follow();
  }

  get isOver(): boolean {
    return this.#call.end !== undefined;
  }

  detected(result: AmdResult): void {
    this.#detection.apply(result);
    this.#follow();
  }

  silence(ms: number): void {
    for (let left = ms; left > 0 && !this.isOver; left -= SILENT_FRAME_BYTES / 8) {
      this.#frame(new Uint8Array(SILENT_FRAME_BYTES).fill(0xff));
    }
  }

  /** Speech has words, which may be empty. */
  plays(audio: Uint8Array, words: string | undefined): void {
    if (words !== undefined) this.#call.callerStarts();
    for (let at = 0; at + FRAME_BYTES <= audio.length && !this.isOver; at += FRAME_BYTES) {
      this.#frame(audio.subarray(at, at + FRAME_BYTES));
    }
    if (words === undefined || this.isOver) return;
    const itemId = this.#call.callerStops();
    this.#follow();
    if (!this.#transcribes) return;
    const input = { type: "callerText", itemId, text: words, final: true } as const;
    this.#later.push({ atMs: this.#call.now + WORDS_MS, input });
  }

  #frame(bytes: Uint8Array): void {
    this.#hear?.(bytes);
    this.#follow();
    this.#call.advance(bytes.length / 8);
    while (this.#later[0] !== undefined && this.#later[0].atMs <= this.#call.now) {
      this.#call.input(this.#later.shift()!.input);
    }
    this.#follow();
  }

  /** Does what was commanded, as a session, a model and an observer would. */
  #follow(): void {
    for (; this.#seen < this.#call.commands.length; this.#seen++) {
      const command = this.#call.commands[this.#seen]!;
      if (command.type === "publish") this.#published(command.event);
      if (command.type !== "model" || command.request.type !== "respond") continue;
      const { purpose, exact } = command.request.request;
      const isMessage = exact?.startsWith("voicemail_") === true;
      const itemId = `item ${++this.#items}`;
      if (isMessage) {
        const message = { fromMs: this.#call.now, to: this.pickups.at(-1)?.who };
        this.messages.push(message);
        this.#spoken.set(itemId, message);
      }
      const id = this.#call.begin(purpose);
      this.#call.say(
        id,
        itemId,
        isMessage ? MESSAGE_MS : GREETING_MS,
        isMessage ? MESSAGE : "Good day.",
      );
      this.#call.finish(id);
    }
  }

  #published(event: CallEvent): void {
    this.#detection.handleEvent(event);
    if (event.type === "pickup") {
      const { who, why, atMs } = event;
      this.pickups.push({ who, why, atMs });
    }
    if (event.type !== "turn" || event.turn.role !== "agent") return;
    const { id, final, startedMs, endedMs } = event.turn;
    const message = this.#spoken.get(id);
    if (message === undefined) this.talks.push(startedMs);
    else Object.assign(message, { fromMs: startedMs, ...(final && { toMs: endedMs }) });
  }
}
