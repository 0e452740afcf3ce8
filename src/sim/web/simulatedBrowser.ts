import { decodeG711, MU_LAW } from "../../utils/audio/g711.ts";
import { createResampler } from "../../utils/audio/resampler.ts";
import { samplesToBytes } from "../../utils/audioTranscode.ts";
import type { HeardPiece } from "../twilio/call/heardLog.ts";
import { HeardLog } from "../twilio/call/heardLog.ts";
import type { PhoneEvent, PhoneEventDetail } from "../twilio/call/callEvents.ts";
import { type CallerConditions, CallerFrames } from "../twilio/media/callerFrames.ts";
import type { LinkOptions } from "../twilio/media/delayLine.ts";
import { SpeechQueue } from "../twilio/media/speechQueue.ts";
import { BrowserPlayout } from "./browserPlayout.ts";
import { heardMessage } from "./heardMessage.ts";
import { PageSocket, type PageSocketOptions } from "./pageSocket.ts";

export interface SimulatedBrowserOptions
  extends Pick<PageSocketOptions, "origin" | "token" | "clock" | "random"> {
  readonly line?: CallerConditions & {
    readonly toApp?: LinkOptions;
    readonly fromApp?: LinkOptions;
  };
  /** How much of what was said is kept. */
  readonly keepSaidMs: number;
}

const FRAME_MS = 20;
const TICK_MS = 20;

/**
 * A person at a page: speaks and hears over `/web` as the page does, and reports what was played. Its events are
 * those of a phone that a page has too.
 */
export class SimulatedBrowser {
  readonly format = "pcm24k";
  /** Settles when the socket is closed. */
  readonly settled: Promise<void>;
  readonly #options: SimulatedBrowserOptions;
  readonly #socket: PageSocket;
  readonly #playout = new BrowserPlayout();
  readonly #speech = new SpeechQueue();
  readonly #frames: CallerFrames;
  readonly #said: HeardLog;
  readonly #listeners = new Set<(event: PhoneEvent) => void>();
  readonly #upsample = createResampler(8000, 24_000);
  readonly #over = Promise.withResolvers<void>();
  readonly #ready = Promise.withResolvers<string>();
  #speaking: { readonly itemId: string; atMs: number } | undefined;
  #isAgentHeard = false;
  #joinedAt: number | undefined;
  #endedAt: number | undefined;
  #framesSent = 0;
  #cancel: (() => void) | undefined;

  constructor(options: SimulatedBrowserOptions) {
    const { random, line = {}, keepSaidMs } = options;
    this.#options = options;
    this.#frames = new CallerFrames(this.#speech, line, random);
    this.#said = new HeardLog(keepSaidMs);
    this.settled = this.#over.promise;
    // Whoever does not wait for it learns of its failure by the end.
    this.#ready.promise.catch(() => {});
    this.#socket = new PageSocket({
      ...options,
      ...{ toApp: line.toApp, fromApp: line.fromApp },
      onData: (data) => this.#receive(data),
      onClosed: () => this.#ended(),
    });
  }

  /** The call's id, once it has joined. */
  get joined(): Promise<string> {
    return this.#ready.promise;
  }

  /** How long the call has lasted since it joined; it stops at the end. */
  get talkMs(): number {
    if (this.#joinedAt === undefined) return 0;
    return (this.#endedAt ?? this.#options.clock.now()) - this.#joinedAt;
  }

  /** Calls back for `speaking`, `quiet`, `streamStarted`, `streamClosed` and `ended`; the answer stops it. */
  watch(listener: (event: PhoneEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** What was really played, and when: PCM16 at 24 kHz. */
  heard(): HeardPiece[] {
    const endMs = this.talkMs;
    return this.heardAndQueued().flatMap(({ atMs, audio }) => {
      const bytes = 2 * Math.round((endMs - atMs) * 24);
      return bytes <= 0 ? [] : [{ atMs, audio: audio.subarray(0, bytes) }];
    });
  }

  /** The same, with what is queued and will be played unless it is cut. */
  heardAndQueued(): HeardPiece[] {
    const joinedAt = this.#joinedAt ?? 0;
    return this.#playout.sounds.map(({ startsAt, audio }) => ({
      atMs: startsAt - joinedAt,
      audio,
    }));
  }

  /** What was sent of the person, and when: mu-law, before it was made 24 kHz. */
  said(): HeardPiece[] {
    return this.#said.played(this.talkMs);
  }

  /** Says mu-law, after what is being said. */
  speak(audio: Uint8Array): Promise<void> {
    return this.#speech.enqueue(audio);
  }

  /** Presses keys of the page's keypad. */
  async sendDigits(digits: string): Promise<void> {
    for (const digit of digits.replaceAll(/w/gi, "")) {
      this.#socket.send({ type: "dtmf", digit });
      await this.#options.clock.wait(FRAME_MS * 5);
    }
  }

  type(text: string): void {
    this.#socket.send({ type: "text", text });
  }

  hangUp(): void {
    const isTold = this.#socket.hangUp();
    if (!isTold) this.#ended();
  }

  #receive(data: unknown): void {
    if (this.#endedAt !== undefined) return;
    if (data instanceof ArrayBuffer) return this.#play(new Uint8Array(data));
    const message = typeof data === "string" ? heardMessage(data) : undefined;
    if (message === undefined) return;
    switch (message.type) {
      case "ready":
        return this.#join(message.callId);
      case "speech":
        return this.#speaks(message.itemId, message.fromMs);
      // What is sent before the server has read that this client takes binary messages.
      case "audio":
        if (this.#speaking?.itemId !== message.itemId || message.fromMs !== undefined) {
          this.#speaking = { itemId: message.itemId, atMs: message.fromMs ?? 0 };
        }
        return this.#play(message.audio);
      case "clear":
        return this.#clear();
      case "ping":
        return this.#socket.send({ type: "pong" });
    }
  }

  #join(callId: string): void {
    this.#joinedAt = this.#options.clock.now();
    this.#socket.send({ type: "hello", binary: true });
    this.#emit({ type: "answered" });
    this.#emit({ type: "streamStarted", streamSid: callId, url: this.#options.origin });
    this.#ready.resolve(callId);
    this.#tick();
  }

  /** An item that was begun here goes on where it is, or where it was silenced. */
  #speaks(itemId: string, fromMs: number | undefined): void {
    if (this.#speaking?.itemId === itemId && fromMs === undefined) return;
    this.#speaking = { itemId, atMs: fromMs ?? 0 };
  }

  #play(audio: Uint8Array): void {
    if (this.#speaking === undefined) return;
    const { itemId, atMs } = this.#speaking;
    this.#playout.write(itemId, atMs, audio, this.#options.clock.now());
    this.#speaking.atMs += audio.length / 48;
    if (!this.#isAgentHeard) {
      this.#isAgentHeard = true;
      this.#emit({ type: "speaking" });
    }
  }

  #clear(): void {
    const place = this.#playout.clear(this.#options.clock.now());
    if (place !== undefined) {
      this.#socket.send({ type: "played", ...rounded(place), cleared: true });
    }
    const speaking = this.#speaking;
    if (speaking !== undefined && speaking.itemId === place?.itemId) speaking.atMs = place.ms;
    this.#hush();
  }

  /** Sends the frames that are due, and reports what was played. */
  #tick(): void {
    const { clock } = this.#options;
    const now = clock.now();
    for (; (this.#framesSent + 1) * FRAME_MS <= this.talkMs; this.#framesSent++) {
      const frame = this.#frames.nextFrame();
      this.#said.record({ atMs: this.#framesSent * FRAME_MS, audio: frame });
      const samples = this.#upsample.process(decodeG711(MU_LAW, frame));
      this.#socket.sendAudio(samplesToBytes(samples));
    }
    for (const report of this.#playout.reports(now)) {
      this.#socket.send({ type: "played", ...rounded(report) });
    }
    if (this.#playout.dryAt(now) === undefined) this.#hush();
    this.#cancel = clock.at(now + TICK_MS, () => this.#tick());
  }

  #hush(): void {
    if (!this.#isAgentHeard) return;
    this.#isAgentHeard = false;
    this.#emit({ type: "quiet" });
  }

  #ended(): void {
    if (this.#endedAt !== undefined) return;
    const { clock } = this.#options;
    this.#endedAt = clock.now();
    this.#playout.clear(this.#endedAt);
    this.#cancel?.();
    this.#socket.close();
    this.#speech.close();
    this.#ready.reject(new Error("Cannot talk: the server has closed the connection"));
    this.#emit({ type: "ended", end: { status: "completed", reason: "the connection is closed" } });
    this.#over.resolve();
  }

  #emit(event: PhoneEventDetail): void {
    for (const listener of [...this.#listeners]) listener({ ...event, atMs: this.talkMs });
  }
}

function rounded({ itemId, ms }: { readonly itemId: string; readonly ms: number }) {
  return { itemId, ms: Math.round(ms) };
}
