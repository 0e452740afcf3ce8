import { InputBuffer, type SpeechChange, type SpokenTurn } from "./inputBuffer.ts";
import { StoredItem } from "./conversation.ts";
import type { Responder } from "./responder.ts";
import { audioFormatOf } from "./sessionConfig.ts";
import type { SessionState } from "./sessionState.ts";
import { msPerInputToken, textTokens } from "./usage.ts";
import type { ConversationItem, Refusal, SpokenItem } from "./wire.ts";
import { present } from "../../utils/present.ts";

/** What a user's turn is said to have meant; undefined lets the transcription fail. */
export type Transcribe = (turn: {
  readonly itemId: string;
  readonly spokenMs: number;
}) => string | undefined;

/** Input side of a session: voice detection, turns out of audio, their transcription, idle time. */
export class TurnDetector {
  readonly #state: SessionState;
  readonly #responder: Responder;
  readonly #transcribe: Transcribe;
  readonly #transcriptionDelayMs: number;
  readonly #buffer: InputBuffer;
  readonly #transcriptions = new Map<ReturnType<typeof setTimeout>, StoredItem>();
  #idle: ReturnType<typeof setTimeout> | undefined;
  #heardMs = 0;
  #words = "";
  /** Words of turns whose transcription did not come before the end. */
  #unsent: string[] = [];

  constructor(state: SessionState, responder: Responder, { transcribe, transcriptionDelayMs }: {
    readonly transcribe: Transcribe;
    readonly transcriptionDelayMs: number;
  }) {
    this.#state = state;
    this.#responder = responder;
    this.#transcribe = transcribe;
    this.#transcriptionDelayMs = transcriptionDelayMs;
    const { format, turn_detection } = state.config.audio.input;
    this.#buffer = new InputBuffer(audioFormatOf(format), turn_detection);
  }

  /** Audio received so far. */
  get heardMs(): number {
    return this.#heardMs;
  }

  /** Follows the session's configuration after a change. */
  configure(): void {
    const { format, turn_detection } = this.#state.config.audio.input;
    this.#buffer.configure(audioFormatOf(format), turn_detection);
  }

  append(audio: string): Refusal | void {
    const heard = this.#buffer.append(audio);
    this.#heardMs = this.#buffer.totalMs;
    if (!heard) {
      return {
        code: "invalid_value",
        message: "Invalid 'audio'. Expected base64-encoded audio bytes.",
        param: "audio",
      };
    }
    for (const event of heard) this.#apply(event);
  }

  /** What is said in the turn that comes next, or goes on. */
  tellWords(words: string): void {
    this.#words = `${this.#words} ${words}`.trim().slice(-maxCharacters);
  }

  /** What was told and the client has not been sent yet; it is forgotten here. */
  takeWords(): string {
    const unsent = [...this.#unsent, this.#words].filter((words) => words !== "").join(" ");
    this.#words = "";
    this.#unsent = [];
    return unsent;
  }

  /** Makes a turn of what is in the buffer. */
  commit(): Refusal | void {
    const turn = this.#buffer.commit();
    if ("code" in turn) return turn;
    this.#addTurn(turn);
  }

  clear(): void {
    this.#buffer.clear();
    this.#state.emit({ type: "input_audio_buffer.cleared" });
  }

  startSpeech(): void {
    const started = this.#buffer.startSpeech();
    if (started) this.#apply(started);
  }

  stopSpeech(spokenMs?: number): void {
    const stopped = this.#buffer.stopSpeech(spokenMs);
    if (stopped) this.#apply(stopped);
  }

  /** Starts the idle timer, which runs once the caller has heard all of the last response. */
  awaitIdle(playMs: number): void {
    this.stopIdle();
    const timeoutMs = this.#state.config.audio.input.turn_detection?.idle_timeout_ms;
    if (!timeoutMs || this.#buffer.speaking) return;
    this.#idle = setTimeout(() => this.#timeOut(), playMs + timeoutMs);
  }

  stopIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = undefined;
  }

  close(): void {
    this.stopIdle();
    for (const [timer, { spokenWords }] of this.#transcriptions) {
      clearTimeout(timer);
      this.#unsent.push(spokenWords);
    }
    this.#transcriptions.clear();
  }

  #apply(heard: SpeechChange): void {
    if (this.#state.faults.has("deaf")) return;
    const detection = this.#state.config.audio.input.turn_detection;
    switch (heard.type) {
      case "started":
        this.stopIdle();
        this.#state.emit({
          type: "input_audio_buffer.speech_started",
          audio_start_ms: heard.audioStartMs,
          item_id: heard.itemId,
        });
        if (detection?.interrupt_response && this.#responder.busy) {
          this.#responder.cancel("turn_detected");
        }
        return;
      case "stopped":
        this.#state.emit({
          type: "input_audio_buffer.speech_stopped",
          audio_end_ms: heard.audioEndMs,
          item_id: heard.turn.itemId,
        });
        this.#addTurn(heard.turn);
        if (detection?.create_response && !this.#state.faults.consume("noOwnResponse")) {
          this.#respond();
        }
        return;
      default:
        heard satisfies never;
    }
  }

  #respond(idle = false): void {
    const refusal = this.#responder.respond({}, idle ? { type: "idle" } : undefined);
    if (refusal) this.#state.refuse(refusal);
  }

  #timeOut(): void {
    if (this.#responder.busy || this.#buffer.speaking) return;
    const turn = this.#buffer.commitSilence();
    this.#state.emit({
      type: "input_audio_buffer.timeout_triggered",
      audio_start_ms: turn.audioStartMs,
      audio_end_ms: Math.round(turn.audioStartMs + turn.audioMs),
      item_id: turn.itemId,
    });
    this.#addTurn(turn);
    this.#respond(true);
  }

  #addTurn(turn: SpokenTurn): void {
    const { conversation } = this.#state;
    const previous = conversation.lastId;
    const spokenWords = turn.spokenMs > 0 ? this.#words : "";
    if (turn.spokenMs > 0) this.#words = "";
    const entry = new StoredItem(turn.itemId, userItem(turn.itemId), { ...turn, spokenWords });
    conversation.insert(entry);
    this.#state.emit({
      type: "input_audio_buffer.committed",
      item_id: turn.itemId,
      previous_item_id: previous,
    });
    const item: SpokenItem = {
      id: turn.itemId,
      object: "realtime.item",
      type: "message",
      status: "completed",
      role: "user",
      content: [{ type: "input_audio", transcript: null }],
    };
    this.#state.emit({ type: "conversation.item.added", previous_item_id: previous, item });
    this.#state.emit({ type: "conversation.item.done", previous_item_id: previous, item });
    if (turn.spokenMs > 0) this.#transcribeLater(entry);
  }

  #transcribeLater(entry: StoredItem): void {
    const { transcription } = this.#state.config.audio.input;
    if (!transcription || this.#transcriptions.size >= maxTranscriptions) return;
    const timer = setTimeout(() => {
      this.#transcriptions.delete(timer);
      this.#sendTranscription(entry, transcription.model);
    }, this.#transcriptionDelayMs);
    this.#transcriptions.set(timer, entry);
  }

  #sendTranscription(entry: StoredItem, model: string): void {
    const part = { item_id: entry.id, content_index: 0 };
    const transcript = entry.spokenWords ||
      this.#transcribe({ itemId: entry.id, spokenMs: entry.spokenMs });
    if (transcript === undefined) {
      const error = {
        type: "server_error",
        code: "transcription_failed",
        message: "The audio could not be transcribed.",
      };
      const type = "conversation.item.input_audio_transcription.failed";
      return this.#state.emit({ type, ...part, error });
    }
    for (const delta of transcript.split(/(?=\s)/)) {
      const type = "conversation.item.input_audio_transcription.delta";
      if (delta !== "") this.#state.emit({ type, ...part, delta });
    }
    entry.item = userItem(entry.id, transcript);
    this.#state.emit({
      type: "conversation.item.input_audio_transcription.completed",
      ...part,
      transcript,
      usage: transcriptionUsage(model, entry.audioMs, transcript),
    });
  }
}

const maxTranscriptions = 100;
const maxCharacters = 4_000;

function userItem(id: string, transcript?: string): ConversationItem {
  return {
    id,
    object: "realtime.item",
    type: "message",
    status: "completed",
    role: "user",
    content: [{ type: "input_audio", ...present({ transcript }) }],
  };
}

const billedByTime: ReadonlySet<string> = new Set([
  "gpt-live-transcribe",
  "gpt-realtime-whisper",
  "gpt-transcribe",
  "whisper-1",
]);

function transcriptionUsage(model: string, audioMs: number, transcript: string) {
  if (billedByTime.has(model)) return { type: "duration" as const, seconds: audioMs / 1_000 };
  const audioTokens = Math.ceil(audioMs / msPerInputToken);
  const outputTokens = textTokens(transcript);
  return {
    type: "tokens" as const,
    input_tokens: audioTokens,
    output_tokens: outputTokens,
    total_tokens: audioTokens + outputTokens,
    input_token_details: { audio_tokens: audioTokens, text_tokens: 0 },
  };
}
