import type { ScriptReply } from "./scripts.ts";
import { toBetaNames } from "./betaNames.ts";
import { readClientEvent } from "./readClientEvent.ts";
import { type ClientEventOf, ClientLog } from "./clientLog.ts";
import { performClientEvent, type SessionParts } from "./performClientEvent.ts";
import { Conversation, type ConversationEntry } from "./conversation.ts";
import { KeptAudio } from "./keptAudio.ts";
import type { Fault, FaultSet } from "./faults.ts";
import { type Transcribe, TurnDetector } from "./turnDetector.ts";
import { Responder } from "./responder.ts";
import type { Production } from "./runningResponse.ts";
import { defaultConfig } from "./sessionConfig.ts";
import { SessionMcp } from "./sessionMcp.ts";
import type { SessionState } from "./sessionState.ts";
import {
  type ClientEvent,
  type ClientEventType,
  newId,
  type Refusal,
  type SessionConfig,
  type WireSession,
} from "./wire.ts";

/** What a session is served with. */
export interface RealtimeSessionOptions {
  readonly model: string;
  /** What the client calls this connection. */
  readonly requestId?: string | undefined;
  readonly production: Production;
  readonly transcribe: Transcribe;
  readonly transcriptionDelayMs: number;
  readonly faults: FaultSet;
  readonly sessionMs: number;
  readonly maxKeptBytes: number;
}

/** Serves one socket until either side closes it; tests watch and drive it. */
export class RealtimeSession {
  readonly id = newId("sess");
  readonly model: string;
  /** What the client called it in `X-Client-Request-Id`. */
  readonly requestId: string | undefined;
  /** How the connection ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;
  readonly #options: RealtimeSessionOptions;
  readonly #log = new ClientLog();
  readonly #state: SessionState;
  readonly #parts: SessionParts;
  readonly #expiresAt: number;
  readonly #heldBack: string[] = [];
  readonly #audio: KeptAudio;
  readonly #end = Promise.withResolvers<{ readonly code: number; readonly reason: string }>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #events = 0;
  #mcpClosed: Promise<void> | undefined;
  #phase: "warming" | "open" | "silent" | "closed" = "warming";

  constructor(socket: WebSocket, options: RealtimeSessionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.model = options.model;
    this.requestId = options.requestId;
    this.closed = this.#end.promise;
    const conversation = new Conversation();
    this.#state = {
      config: defaultConfig(options.model),
      conversation,
      mcp: new SessionMcp({ conversation, emit: (event) => this.emit(event) }),
      faults: options.faults,
      emit: (event) => this.emit(event),
      refuse: (refusal, eventId) => this.#refuse(refusal, eventId),
    };
    const saidSeconds = options.faults.figureOf("expiresIn") ?? options.sessionMs / 1_000;
    this.#expiresAt = Math.floor(Date.now() / 1_000 + saidSeconds);
    this.#audio = new KeptAudio(options.maxKeptBytes);
    this.#parts = this.#assemble();
    // Deno tells nothing of a socket whose client resets it during the handshake.
    this.#timer = setTimeout(() => this.#ended(1006, "The socket never opened."), openingMs);
    socket.addEventListener("open", () => this.#open());
    socket.addEventListener("message", ({ data }) => this.#receive(data));
    socket.addEventListener("close", ({ code, reason }) => this.#ended(code, reason));
    socket.addEventListener("error", () => this.#ended(1006, "The connection was lost."));
  }

  get config(): SessionConfig {
    return this.#state.config;
  }

  /** The client's last events in order; appended audio is counted instead. */
  get received(): readonly ClientEvent[] {
    return this.#log.received;
  }

  get appends(): number {
    return this.#log.appends;
  }

  /** Audio that the client has sent. */
  get heardMs(): number {
    return this.#parts.turnDetector.heardMs;
  }

  /** Whether it takes part in anything: false from the moment at which it closes the socket. */
  get isOpen(): boolean {
    return this.#phase !== "closed";
  }

  /** Settles, once the session is closed, when nothing of it is open any more. */
  get released(): Promise<void> {
    return this.closed.then(() => this.#mcpClosed);
  }

  /** The bytes of that audio, where the server keeps audio. */
  get heardAudio(): Uint8Array {
    return this.#audio.bytes;
  }

  get conversation(): readonly ConversationEntry[] {
    return this.#state.conversation.entries;
  }

  /** Whether a response to the conversation is running. */
  get responding(): boolean {
    return this.#parts.responder.busy;
  }

  /** The first event of a type that was not yet asked for; rejects once the session is closed. */
  next<Type extends ClientEventType>(type: Type): Promise<ClientEventOf<Type>> {
    return this.#log.next(type);
  }

  /** Sends any event; `event_id` is added. */
  emit(event: { readonly type: string; readonly [field: string]: unknown }): void {
    if (this.#phase === "silent" || this.#socket.readyState !== WebSocket.OPEN) return;
    const named = this.#state.faults.has("betaNames") ? toBetaNames(event) : event;
    if (!named) return;
    this.#socket.send(JSON.stringify({ event_id: `event_${this.id}_${++this.#events}`, ...named }));
    // A client that has stopped reading must not fill the memory.
    if (this.#socket.bufferedAmount > maxUnreadBytes) this.close(1008, "Too slow a reader.");
  }

  /** Lets the model answer unasked; throws while it is answering already. */
  say(reply: string | ScriptReply): void {
    const refusal = this.#parts.responder.say(typeof reply === "string" ? { say: reply } : reply);
    if (refusal) throw new Error(`Cannot say that: ${refusal.message}`);
  }

  /** Tells what is said in the turn that comes next: scripts and transcriptions get these words. */
  tellWords(words: string): void {
    this.#parts.turnDetector.tellWords(words);
  }

  /** The told words of which no turn was made; they are forgotten here. */
  takeWords(): string {
    return this.#parts.turnDetector.takeWords();
  }

  /** Pretends to hear speech begin, whatever the audio. */
  startSpeech(): void {
    this.#parts.turnDetector.startSpeech();
  }

  /** Pretends to hear it end; the turn is at least `spokenMs` long. */
  stopSpeech(spokenMs?: number): void {
    this.#parts.turnDetector.stopSpeech(spokenMs);
  }

  fail(fault: Fault): void {
    const { faults } = this.#state;
    faults.add(fault);
    if (faults.has("goSilent") && this.#phase === "open") this.#phase = "silent";
    if (faults.consume("closeAfterHandshake")) this.close(1011, "Internal server error");
    if (faults.consume("expire")) this.#expire();
  }

  close(code = 1000, reason = ""): void {
    this.#release();
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(code, reason);
  }

  #assemble(): SessionParts {
    const state = this.#state;
    const responder: Responder = new Responder(state, this.#options.production, {
      onStarted: () => turnDetector.stopIdle(),
      onEnded: (audioMs) => turnDetector.awaitIdle(audioMs),
      dropConnection: () => this.close(1011, "Internal server error"),
    });
    const turnDetector = new TurnDetector(state, responder, this.#options);
    return {
      state,
      responder,
      turnDetector,
      configure: (config) => this.#configure(config),
      fail: (fault) => this.fail(fault),
    };
  }

  #open(): void {
    clearTimeout(this.#timer);
    if (this.#phase === "closed") return this.#socket.close(1001, "It opened too late.");
    if (this.#state.faults.has("closeAfterHandshake")) {
      return this.close(1011, "Internal server error");
    }
    this.#timer = setTimeout(() => this.#begin(), this.#state.faults.figureOf("slowStart") ?? 0);
  }

  #begin(): void {
    this.#phase = this.#state.faults.has("goSilent") ? "silent" : "open";
    this.#timer = setTimeout(() => this.#expire(), this.#options.sessionMs);
    this.emit({ type: "session.created", session: this.#wire() });
    if (this.#state.faults.consume("expire")) return this.#expire();
    for (const frame of this.#heldBack.splice(0)) this.#handle(frame);
  }

  #receive(data: unknown): void {
    if (this.#phase === "closed") return;
    const frame = typeof data === "string" ? data : "";
    if (frame.length > maxFrameChars) return this.close(1009, "The event is too large.");
    if (this.#phase !== "warming") return this.#handle(frame);
    if (this.#heldBack.length >= maxHeldBack) return this.close(1008, "Too much too early.");
    this.#heldBack.push(frame);
  }

  #handle(frame: string): void {
    const message = readClientEvent(frame);
    if ("refusal" in message) return this.#refuse(message.refusal, message.eventId);
    const { event } = message;
    this.#log.record(event);
    if (event.type === "input_audio_buffer.append") this.#audio.append(event.audio);
    if (this.#phase !== "open") return;
    const refusal = performClientEvent(event, this.#parts);
    if (refusal) this.#refuse(refusal, event.event_id);
  }

  #configure(config: SessionConfig): void {
    this.#state.config = config;
    this.#parts.turnDetector.configure();
    this.#state.mcp.configure(config.tools.filter((tool) => tool.type === "mcp"));
    if (!this.#state.faults.has("noSessionUpdated")) {
      this.emit({ type: "session.updated", session: this.#wire() });
    }
  }

  #refuse({ code, message, param }: Refusal, eventId?: string): void {
    const error = {
      type: "invalid_request_error",
      code,
      message,
      param: param ?? null,
      event_id: eventId ?? null,
    };
    this.emit({ type: "error", error });
  }

  #expire(): void {
    const message = "Your session hit the maximum duration of 60 minutes.";
    this.#refuse({ code: "session_expired", message });
    this.close(1001, message);
  }

  #wire(): WireSession {
    return {
      ...this.#state.config,
      object: "realtime.session",
      id: this.id,
      expires_at: this.#expiresAt,
    };
  }

  #ended(code: number, reason: string): void {
    this.#release();
    this.#end.resolve({ code, reason });
  }

  #release(): void {
    this.#phase = "closed";
    clearTimeout(this.#timer);
    this.#parts.responder.close();
    this.#mcpClosed ??= this.#state.mcp.close();
    this.#parts.turnDetector.close();
    this.#log.close();
  }
}

const openingMs = 10_000;

const maxUnreadBytes = 64 * 1024 * 1024;

// 15 MiB of base64 is the most that one append may carry.
const maxFrameChars = 15 * 1024 * 1024 + 1_024;

const maxHeldBack = 2_000;
