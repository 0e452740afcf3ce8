import { encodeBase64 } from "../../../utils/audio/audioFormat.ts";
import { readAppFrame } from "./appFrame.ts";
import { createDelayLine, type DelayLine } from "./delayLine.ts";
import type { PhoneError, PhoneEventDetail, StreamEnd } from "../call/callEvents.ts";
import type { NetworkContext } from "../networkContext.ts";
import type { HeardLog } from "../call/heardLog.ts";
import type { FrameSource } from "../callee/calleeLine.ts";
import { Playout } from "./playout.ts";
import { signRequest } from "../api/signature.ts";

/** What a media stream needs of the call it belongs to. */
export interface MediaStreamOptions {
  /** The stream's URL as written in the TwiML, and where to really connect. */
  readonly url: string;
  readonly target: URL;
  readonly callSid: string;
  readonly streamSid: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The audio of the phone's end. */
  readonly speech: FrameSource;
  readonly heard: HeardLog;
  /** Gets what the app is sent, at its time. */
  readonly said: HeardLog;
  /** The clock's time when the call was answered. */
  readonly answeredAt: number;
  readonly onEvent: (event: PhoneEventDetail) => void;
}

const frameMs = 20;
const handshakeMs = 10_000;
/** Twilio drops the caller's audio rather than let it pile up before a slow reader. */
const maxUnsentBytes = 1 << 20;

/** Twilio's end of one bidirectional media stream: opens it, and lives until it is closed. */
export class MediaStream {
  readonly #ended = Promise.withResolvers<StreamEnd>();
  readonly #context: NetworkContext;
  readonly #options: MediaStreamOptions;
  readonly #socket: WebSocket;
  readonly #toApp: DelayLine;
  readonly #fromApp: DelayLine;
  readonly #playout: Playout;
  #startedAt = 0;
  #frames = 0;
  #sequence = 0;
  #chunk = 0;
  #refusal = "";
  #slowReader = false;
  #stopping = false;
  #cancelPump: (() => void) | undefined;

  constructor(context: NetworkContext, options: MediaStreamOptions) {
    const { clock, random, line } = context;
    const { startupDelayMs = 0 } = line;
    this.#context = context;
    this.#options = options;
    this.#toApp = createDelayLine(clock, random, line.toApp);
    this.#fromApp = createDelayLine(clock, random, line.fromApp);
    this.#playout = new Playout(clock, {
      startupDelayMs: typeof startupDelayMs === "number"
        ? startupDelayMs
        : () => startupDelayMs(random),
      heard: options.heard,
      answeredAt: options.answeredAt,
      onEvent: options.onEvent,
      onEcho: (name) => this.#send({ event: "mark", mark: { name } }),
    });
    const signature = signRequest(context.account.authToken, options.url);
    this.#socket = new WebSocket(options.target, { headers: { "x-twilio-signature": signature } });
    this.#cancelPump = clock.at(clock.now() + handshakeMs, () => this.#giveUp());
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => this.#start();
    this.#socket.onmessage = ({ data }) => this.#fromApp.send(() => this.#receive(data));
    this.#socket.onerror = (event) => {
      if (event instanceof ErrorEvent) this.#refusal ||= event.message;
    };
    this.#socket.onclose = (event) => this.#fromApp.send(() => this.#close(event));
  }

  get ended(): Promise<StreamEnd> {
    return this.#ended.promise;
  }

  /** Audio played since the stream began. */
  get playedMs(): number {
    return this.#playout.playedMs;
  }

  sendDigit(digit: string): void {
    this.#send({ event: "dtmf", dtmf: { track: "inbound_track", digit } });
  }

  /** Ends the stream as Twilio does: a stop message, then the close. */
  stop(): void {
    if (this.#stopping) return;
    const { callSid } = this.#options;
    const { accountSid } = this.#context.account;
    this.#send({ event: "stop", stop: { accountSid, callSid } });
    this.breakOff();
  }

  /** Ends the stream without the stop message, as when a network breaks. */
  breakOff(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#cancelPump?.();
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#socket.close();
    else this.#toApp.send(() => this.#socket.close(1000));
  }

  #giveUp(): void {
    this.#refusal = "no answer in time";
    this.#socket.close();
  }

  #start(): void {
    if (this.#stopping) return;
    this.#cancelPump?.();
    const { callSid, streamSid, parameters, url, onEvent } = this.#options;
    this.#startedAt = this.#context.clock.now();
    this.#write({ event: "connected", protocol: "Call", version: "1.0.0" });
    this.#send({
      event: "start",
      start: {
        accountSid: this.#context.account.accountSid,
        streamSid,
        callSid,
        tracks: ["inbound"],
        mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
        customParameters: parameters,
      },
    });
    onEvent({ type: "streamStarted", streamSid, url });
    this.#pump();
  }

  #pump(): void {
    const { clock } = this.#context;
    const elapsed = clock.now() - this.#startedAt;
    for (; (this.#frames + 1) * frameMs <= elapsed; this.#frames++) {
      const frame = this.#options.speech.nextFrame();
      const atMs = this.#startedAt + this.#frames * frameMs - this.#options.answeredAt;
      this.#options.said.record({ atMs, audio: frame });
      const payload = encodeBase64(frame);
      if (!this.#hasRoom()) continue;
      const timestamp = String((this.#frames + 1) * frameMs);
      const chunk = String(++this.#chunk);
      this.#send({ event: "media", media: { track: "inbound", chunk, timestamp, payload } });
    }
    const next = this.#startedAt + (this.#frames + 1) * frameMs;
    this.#cancelPump = clock.at(next, () => this.#pump());
  }

  #hasRoom(): boolean {
    if (this.#socket.bufferedAmount < maxUnsentBytes) return true;
    if (!this.#slowReader) {
      const message = "The app reads too slowly; the caller's audio is dropped";
      this.#options.onEvent({ type: "error", error: { code: 31930, message } });
    }
    this.#slowReader = true;
    return false;
  }

  #send(message: Readonly<Record<string, unknown>>): void {
    const { streamSid } = this.#options;
    this.#write({ ...message, sequenceNumber: String(++this.#sequence), streamSid });
  }

  #write(message: Readonly<Record<string, unknown>>): void {
    const text = JSON.stringify(message);
    this.#toApp.send(() => {
      if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
    });
  }

  #receive(data: unknown): void {
    const frame = readAppFrame(data, this.#options.streamSid);
    if ("code" in frame) return this.#options.onEvent({ type: "error", error: frame });
    switch (frame.event) {
      case "media":
        this.#playout.play(frame.audio);
        break;
      case "mark":
        this.#playout.mark(frame.name);
        break;
      case "clear":
        this.#playout.clear();
        break;
      default:
        frame satisfies never;
    }
  }

  #close({ code, wasClean }: CloseEvent): void {
    this.#cancelPump?.();
    this.#playout.close();
    this.#toApp.close();
    this.#fromApp.close();
    const by = this.#stopping ? "twilio" : "app";
    const error = this.#stopping ? undefined : this.#fault(wasClean);
    // A stream that broke may well have been closed: Deno's server drops the connection, close frame
    // and all, when the caller's frames are still coming in. So only a refusal counts as an error.
    if (error !== undefined && this.#sequence === 0) {
      this.#options.onEvent({ type: "error", error });
    }
    this.#ended.resolve({ by, sentMs: this.#chunk * frameMs, code, error });
  }

  #fault(wasClean: boolean): PhoneError | undefined {
    if (this.#sequence === 0) return refusalOf(this.#refusal);
    if (wasClean) return undefined;
    return { code: 31903, message: "The connection to the app broke in the middle of the stream" };
  }
}

function refusalOf(message: string): PhoneError {
  const status = /status code: (\d+)/.exec(message)?.[1];
  if (status === undefined) {
    const code = message === "no answer in time" ? 31901 : 31902;
    return { code, message: `Cannot open the stream: ${message}` };
  }
  return { code: 31920, message: `The app answered the stream's handshake with ${status}` };
}
