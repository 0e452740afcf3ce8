import { createTwilioWriter } from "../../../protocol/twilio.ts";
import { levelOf } from "../../../scenarios/ear/levelOf.ts";
import type { EarPiece } from "../../../scenarios/ear/spokenItem.ts";
import type { CallerEnd } from "../../../scenarios/run/callerEnd.ts";
import { type CallProgress, isFinal } from "../../../services/twilioOutbound.ts";
import type { PhoneEvent, PhoneEventDetail } from "../../../sim/twilio/call/callEvents.ts";
import { HeardLog } from "../../../sim/twilio/call/heardLog.ts";
import { type CallerConditions, CallerFrames } from "../../../sim/twilio/media/callerFrames.ts";
import { SpeechQueue } from "../../../sim/twilio/media/speechQueue.ts";
import type { Random } from "../../../sim/twilio/random.ts";
import type { SimClock } from "../../../sim/twilio/simClock.ts";
import { dtmfTones } from "../../../utils/audio/dtmf.ts";
import { encodeG711, MU_LAW } from "../../../utils/audio/g711.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { jsonOrUndefined } from "../../../utils/jsonOrUndefined.ts";

/** What a caller at a media stream is made of. */
export interface StreamEndOptions {
  readonly clock: SimClock;
  readonly random: Random;
  readonly line: CallerConditions;
  /** How much of what is heard and said is kept. */
  readonly keepMs: number;
  /** Ends the call at the carrier. */
  readonly endCall: () => void;
}

const FRAME_MS = 20;
/** Louder is speech: the noise of a line is softer. */
const SPEECH_DB = -46;
const QUIET_MS = 300;
const LEAD_MS = 100;
const MAX_MEDIA_CHARACTERS = 20_000;

/**
 * A caller at this end of a bidirectional Media Stream, whose other end is a real phone call: hears its inbound track,
 * by the timestamps of its frames, and speaks into it at real time.
 */
export class StreamEnd implements CallerEnd {
  readonly format = "pcmu";
  readonly settled: Promise<void>;
  readonly #options: StreamEndOptions;
  readonly #over = Promise.withResolvers<void>();
  readonly #started = Promise.withResolvers<void>();
  readonly #listeners = new Set<(event: PhoneEvent) => void>();
  readonly #speech = new SpeechQueue();
  readonly #frames: CallerFrames;
  readonly #heard: HeardLog;
  readonly #said: HeardLog;
  #socket: WebSocket | undefined;
  #writer: ReturnType<typeof createTwilioWriter> | undefined;
  #answeredAt: number | undefined;
  #startedAt: number | undefined;
  #endedAt: number | undefined;
  /** The carrier's last word of the call. */
  #final: CallProgress | undefined;
  /** When what was sent will have been played. */
  #playsTo = 0;
  #loudAt = -Infinity;
  #isAgentHeard = false;
  #cancel: (() => void) | undefined;

  constructor(options: StreamEndOptions) {
    this.#options = options;
    this.#frames = new CallerFrames(this.#speech, options.line, options.random);
    this.#heard = new HeardLog(options.keepMs);
    this.#said = new HeardLog(options.keepMs);
    this.settled = this.#over.promise;
    this.#started.promise.catch(() => {});
  }

  /** Resolves once the call was answered and its sound arrives; rejects with why it never does. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  get isStarted(): boolean {
    return this.#startedAt !== undefined;
  }

  /** What the carrier says of the call, which may come late or never: then the stream tells of the answer. */
  report(progress: CallProgress): void {
    if (progress.status === "in-progress") this.#answered();
    if (!isFinal(progress.status)) return;
    this.#final ??= progress;
    this.end(`the call was ${progress.status}`);
  }

  /** Whether the carrier itself has said that the call is over. */
  get isReportedOver(): boolean {
    return this.#final !== undefined;
  }

  /**
   * How long the call has lasted as the carrier bills it: by its own word, or from the answer, as early as that was
   * known. Undefined where nobody knows whether it was answered, or how long ago.
   */
  get billedMs(): number | undefined {
    const { status, durationSeconds } = this.#final ?? {};
    const isCompleted = status === "completed";
    // One that was answered is never free.
    if (isCompleted && durationSeconds !== undefined) return 1000 * Math.max(1, durationSeconds);
    if (this.#answeredAt !== undefined) {
      return (this.#endedAt ?? this.#options.clock.now()) - this.#answeredAt;
    }
    return status === undefined || isCompleted ? undefined : 0;
  }

  /** Takes the stream; a second one is refused. */
  attach(socket: WebSocket): boolean {
    if (this.#socket !== undefined || this.#endedAt !== undefined) return false;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = () => this.end("the stream has ended");
    socket.onerror = () => {};
    return true;
  }

  get talkMs(): number {
    if (this.#startedAt === undefined) return 0;
    return (this.#endedAt ?? this.#options.clock.now()) - this.#startedAt;
  }

  /** Whoever comes while the agent speaks is told so: a greeting begins with the call. */
  watch(listener: (event: PhoneEvent) => void): () => void {
    this.#listeners.add(listener);
    if (this.#isAgentHeard) listener({ type: "speaking", atMs: this.talkMs });
    return () => void this.#listeners.delete(listener);
  }

  heard(): readonly EarPiece[] {
    return this.#heard.played(this.talkMs);
  }

  /** What is queued at the far end is not known. */
  heardAndQueued(): readonly EarPiece[] {
    return this.heard();
  }

  said(): readonly EarPiece[] {
    return this.#said.played(this.talkMs);
  }

  async speak(audio: Uint8Array): Promise<void> {
    await this.#speech.enqueue(audio);
    if (this.#endedAt === undefined) await this.#options.clock.wait(LEAD_MS);
  }

  /** As tones: a stream has no other keys. */
  sendDigits(digits: string): Promise<void> {
    return this.speak(encodeG711(MU_LAW, dtmfTones(digits)));
  }

  hangUp(): void {
    this.end("the caller hangs up");
  }

  /** The call is over; `why` for whoever waits for its beginning. */
  end(why: string): void {
    if (this.#endedAt !== undefined) return;
    this.#endedAt = this.#options.clock.now();
    this.#cancel?.();
    this.#speech.close();
    this.#options.endCall();
    if (this.#socket !== undefined && this.#socket.readyState <= WebSocket.OPEN) {
      this.#socket.close(1000);
    }
    this.#started.reject(new Error(`The call has not begun: ${why}`));
    this.#emit({ type: "ended", end: { status: "completed", reason: why } });
    this.#over.resolve();
  }

  #receive(data: unknown): void {
    if (typeof data !== "string" || data.length > MAX_MEDIA_CHARACTERS) return;
    const message = jsonOrUndefined(data);
    if (!isRecord(message)) return;
    if (message["event"] === "start") return this.#start(message["start"]);
    if (message["event"] === "media") return this.#hear(message["media"]);
    if (message["event"] === "stop") this.end("the far end hung up");
  }

  #start(start: unknown): void {
    const streamSid = isRecord(start) ? start["streamSid"] : undefined;
    if (typeof streamSid !== "string" || streamSid.length > 64 || this.isStarted) return;
    this.#writer = createTwilioWriter(streamSid);
    this.#startedAt = this.#options.clock.now();
    this.#answered();
    this.#emit({ type: "answered" });
    this.#emit({ type: "streamStarted", streamSid, url: "" });
    this.#started.resolve();
    this.#tick();
  }

  /** After the end it is too late to tell since when. */
  #answered(): void {
    if (this.#endedAt === undefined) this.#answeredAt ??= this.#options.clock.now();
  }

  #hear(media: unknown): void {
    if (!isRecord(media) || (media["track"] ?? "inbound") !== "inbound") return;
    const atMs = Number(media["timestamp"]);
    const audio = bytesIn(media["payload"]);
    if (!(atMs >= 0 && atMs < 86_400_000) || audio === undefined) return;
    this.#heard.record({ atMs, audio });
    if (levelOf(audio, this.format) <= SPEECH_DB) return;
    this.#loudAt = this.#options.clock.now();
    if (this.#isAgentHeard) return;
    this.#isAgentHeard = true;
    this.#emit({ type: "speaking" });
  }

  /** Sends what is due, a little ahead: what comes just in time plays with holes. */
  #tick(): void {
    const { clock, line } = this.#options;
    while (
      (this.#speech.isSpeaking || line.noise !== undefined) &&
      this.#playsTo < this.talkMs + LEAD_MS
    ) {
      const atMs = Math.max(this.#playsTo, this.talkMs);
      const frame = this.#frames.nextFrame();
      this.#playsTo = atMs + FRAME_MS;
      this.#said.record({ atMs, audio: frame });
      if (this.#socket?.readyState === WebSocket.OPEN && this.#writer !== undefined) {
        this.#socket.send(this.#writer.media(frame.toBase64()));
      }
    }
    if (this.#isAgentHeard && clock.now() - this.#loudAt > QUIET_MS) {
      this.#isAgentHeard = false;
      this.#emit({ type: "quiet" });
    }
    this.#cancel = clock.at(clock.now() + FRAME_MS, () => this.#tick());
  }

  #emit(event: PhoneEventDetail): void {
    for (const listener of [...this.#listeners]) listener({ ...event, atMs: this.talkMs });
  }
}

function bytesIn(payload: unknown): Uint8Array | undefined {
  if (typeof payload !== "string") return undefined;
  try {
    return Uint8Array.fromBase64(payload);
  } catch {
    return undefined;
  }
}
