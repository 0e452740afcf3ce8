import type { CallEvent, RecordingStatus } from "../call/callEvent.ts";
import type { CallLeg, SpeechPiece } from "../call/callLeg.ts";
import { type CallEnd, isCallEnd, type SessionEnd } from "../call/types.ts";
import { closeCodes, type ServerMessage } from "../protocol/web.ts";
import { decodeBase64 } from "../utils/audio/audioFormat.ts";
import { present } from "../utils/present.ts";

/** Some three minutes of audio: a browser that leaves more unread has stopped reading. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

export interface WebLegEvents {
  /** The browser has stopped reading; the socket is closing by then. */
  onStalled(): void;
  /** The browser has come back by another socket. */
  onReplaced(): void;
}

/** The leg of a browser call: writes to the socket, which the handler owns. */
export class WebLeg implements CallLeg {
  readonly format = "pcm24k";
  readonly reports = "positions";
  /** Whether audio goes out as binary messages. */
  binary = false;
  readonly #socket: WebSocket;
  readonly #events: WebLegEvents;
  #announcedItemId: string | undefined;
  /** The item whose speech this connection has got so far. */
  #begunItemId: string | undefined;
  #endSent = false;

  constructor(socket: WebSocket, events: WebLegEvents) {
    this.#socket = socket;
    this.#events = events;
  }

  play({ itemId, audio, offsetMs }: SpeechPiece): void {
    const fromMs = this.#begunItemId === itemId ? undefined : offsetMs;
    this.#begunItemId = itemId;
    const begins = fromMs === undefined ? { itemId } : { itemId, fromMs };
    if (!this.binary) return this.send({ type: "audio", payload: audio, ...begins });
    if (this.#announcedItemId !== itemId) {
      this.#announcedItemId = itemId;
      this.send({ type: "speech", ...begins });
    }
    this.#write(decodeBase64(audio));
  }

  mark(): void {}

  clear(): void {
    this.#announcedItemId = undefined;
    this.send({ type: "clear" });
  }

  notify(event: CallEvent): void {
    if (event.type === "ended") return this.#sendEnd(event.end);
    const message = toServerMessage(event);
    if (message !== undefined) this.send(message);
  }

  /** With `handed_over` the call goes on in another process, to which the browser connects again, unless it has. */
  close(end: SessionEnd): void {
    if (!isCallEnd(end)) {
      if (end.detail === "joined_elsewhere") return this.onReplaced();
      this.send({ type: "reconnect" });
      return this.shut(closeCodes.reconnect, end.reason);
    }
    this.#sendEnd(end);
    this.shut(1000, end.reason);
  }

  onReplaced(): void {
    this.shut(closeCodes.replaced, "replaced");
    this.#events.onReplaced();
  }

  send(message: ServerMessage): void {
    this.#write(JSON.stringify(message));
  }

  /** Closes the socket for a fault on its side, with the code that names the fault. */
  reject(closeCode: number, code: string, error: string): void {
    this.send({ type: "error", code, error });
    this.shut(closeCode, code);
  }

  #sendEnd(end: CallEnd): void {
    if (this.#endSent) return;
    this.#endSent = true;
    this.send({ type: "ended", ...end });
  }

  #write(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.shut(1013, "too slow");
      this.#events.onStalled();
      return;
    }
    this.#socket.send(message);
  }

  /** Closes the socket; does nothing where it is closed already. */
  shut(code: number, reason: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(code, reason);
  }
}

/** The message for a browser; undefined for events that concern only operators. */
function toServerMessage(event: CallEvent): ServerMessage | undefined {
  switch (event.type) {
    case "turn": {
      const { id, role, agent, position, text, final, interrupted, by } = event.turn;
      if (by === "whisper") return undefined;
      const line = { id, role, ...present({ agent }), position, text, final, interrupted, by };
      return { type: "transcript", ...line };
    }
    case "toolStarted":
      return { type: "tool", id: event.toolCallId, name: event.name, state: "started" };
    case "toolEnded":
      return {
        type: "tool",
        id: event.toolCallId,
        name: event.name,
        state: event.ok ? "done" : event.waits ? "waits" : "failed",
        durationMs: event.durationMs,
      };
    case "latency":
      return { type: "latency", id: event.itemId, ...event.latency };
    case "speaking":
    case "interrupted":
    case "notice":
      return event;
    case "modelLost":
      return event.recovering ? { type: "notice", code: "model_lost" } : undefined;
    case "modelReady":
      return event.again ? { type: "notice", code: "model_back" } : undefined;
    case "recording":
      // With the call it ends by itself.
      if (event.state === "stopped" && event.by === undefined) return undefined;
      return { type: "notice", code: RECORDING_NOTICES[event.state] };
    case "handoff":
      return { type: "handoff", agent: event.to, title: event.title };
    case "transfer":
      return event.step === "requested" ? { type: "notice", code: "transferring" } : undefined;
    case "started":
    case "resumed":
    case "connected":
    case "handedOver":
    case "closing":
    case "usage":
    case "transcriptionUsage":
    case "compacted":
    case "digits":
    case "menu":
    case "hold":
    case "pickup":
    case "redacted":
    case "mustHear":
    case "optedOut":
    case "listeningStarted":
    case "listeningEnded":
    case "ended":
      return undefined;
    default:
      return event satisfies never;
  }
}

/** What people are told in whose browser it is shown. */
const RECORDING_NOTICES: Readonly<Record<RecordingStatus["state"], string>> = {
  on: "recording",
  paused: "recording_paused",
  stopped: "recording_stopped",
  refused: "not_recorded",
  failed: "recording_stopped",
};
