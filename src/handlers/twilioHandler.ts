import type { CallSession } from "../call/sessionApi.ts";
import type { SessionEnd } from "../call/types.ts";
import { mediaPayloadIn, readTwilioMessage, type TwilioStart } from "../protocol/twilio.ts";
import { setTimer } from "../utils/clock.ts";
import { createPartsLimit } from "../utils/partsLimit.ts";
import { TwilioLeg } from "./twilioLeg.ts";
import type { Log } from "../utils/logger.ts";

/** The calls that media streams may join, and the limits of a socket. */
export interface TwilioHandlerDeps {
  /**
   * Returns the call that a stream belongs to, once per token; undefined for a wrong, used or foreign
   * token. A promise only for a call that another process began.
   */
  readonly claim: (
    claim: { readonly token: string; readonly callSid: string },
  ) => CallSession | undefined | Promise<CallSession | undefined>;
  /** Whether Twilio stopped the stream only for a moment, for instance to play digits. */
  readonly isAway?: (session: CallSession) => boolean;
  /**
   * Has the carrier end the call, or go on with it, which stops the stream. Resolves with whether it will;
   * undefined where it need not be told.
   */
  readonly endAtCarrier?: (session: CallSession, end: SessionEnd) => Promise<boolean> | undefined;
  /** The stream broke off, or was stopped for a while, and the call goes on. */
  readonly onLost?: (session: CallSession) => void;
  /** Called once when the stream is over, also where the socket's `close` event never comes. */
  readonly onEnded?: () => void;
  readonly log: Pick<Log, "info" | "warn">;
  readonly limits?: Partial<TwilioLimits>;
}

/** The limits of a media socket. */
export interface TwilioLimits {
  /** How long a socket may stay without a valid `start`. */
  readonly startMs: number;
  /** Twilio sends a frame every 20 ms: a socket silent for this long is dead, though not closed. */
  readonly silentMs: number;
  /** How long the carrier may take to stop the stream of an ended call. */
  readonly releaseMs: number;
  /** A second of audio takes 11 KB; OpenAI's own examples have the same limit. */
  readonly maxMessageLength: number;
}

type Stream =
  | { readonly state: "waiting" }
  /** Messages that came meanwhile, oldest first: the caller may already speak. */
  | { readonly state: "claiming"; readonly held: string[] }
  | {
    readonly state: "talking";
    readonly session: CallSession;
    readonly leg: TwilioLeg;
    readonly callSid: string;
  }
  | { readonly state: "over" };

/** Handles one Twilio media stream: joins it to its call at `start`, then passes on every frame. */
export function handleTwilioSocket(socket: WebSocket, deps: TwilioHandlerDeps): void {
  const { startMs, silentMs, releaseMs, maxMessageLength } = { ...twilioLimits, ...deps.limits };
  let stream: Stream = { state: "waiting" };
  let messages = 0;
  let seen = 0;
  let silentTicks = 0;
  let stuckTicks = 0;
  const ignored: Record<string, number> = {};

  const cancelStart = setTimer(() => refuse(1008, "no_start"), startMs);
  let hasEnded = false;
  let cancelRelease: (() => void) | undefined;
  let cancelCheck = setTimer(checkAlive, silentMs / MAX_TICKS);

  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    messages++;
    handle(data);
  };

  socket.onopen = () => {
    if (stream.state === "over") socket.close(1008, "no_start");
  };
  socket.onclose = () => finish("closed");
  // A close event follows.
  socket.onerror = (event) => event.preventDefault();

  function handle(data: unknown): void {
    try {
      receive(data);
    } catch (error) {
      deps.log.warn("Media message not handled", { error });
      finish("failed", 1011);
    }
  }

  function receive(data: unknown): void {
    if (typeof data !== "string") return ignore("binary");
    if (data.length > maxMessageLength) return refuse(1009, "message_too_big");
    if (stream.state === "claiming") return hold(stream.held, data);
    if (stream.state === "talking") {
      const payload = mediaPayloadIn(data);
      if (payload !== undefined && stream.session.hear(payload)) return;
    }
    if (hasManyParts(data)) return ignore("many_parts");
    const message = readTwilioMessage(data);
    if (message.type === "ignored") return ignore(message.why);
    if (message.type === "start") return begin(message.start);
    if (message.type === "connected") return;
    if (stream.state !== "talking") return ignore("before_start");
    switch (message.type) {
      case "media":
        if (!stream.session.hear(message.payload)) ignore("not_base64");
        return;
      case "mark":
        return stream.session.input({ type: "marked", mark: message.name });
      case "dtmf":
        return stream.session.input({ type: "digit", digit: message.digit });
      case "stop":
        return finish("stopped", 1000);
      default:
        return message satisfies never;
    }
  }

  function begin(start: TwilioStart): void {
    if (stream.state !== "waiting") return ignore("second_start");
    const { encoding, sampleRate, channels } = start.mediaFormat;
    if (encoding !== "audio/x-mulaw" || sampleRate !== 8000 || channels !== 1) {
      return refuse(1003, "media_format_not_supported");
    }
    const token = start.parameters["token"] ?? "";
    const claimed = deps.claim({ token, callSid: start.callSid });
    if (!(claimed instanceof Promise)) return join(start, claimed);
    const held: string[] = [];
    stream = { state: "claiming", held };
    claimed.then(
      (session) => {
        join(start, session);
        for (const data of held) if (stream.state === "talking") handle(data);
      },
      (error) => {
        deps.log.warn("Media stream not claimed", { error });
        join(start, undefined);
      },
    );
  }

  function join(start: TwilioStart, session: CallSession | undefined): void {
    if (stream.state === "over") return;
    if (session === undefined) return refuse(1008, "token_refused");
    const leg = new TwilioLeg(socket, start.streamSid, {
      onReplaced: () => finish("replaced", 1000),
      onEnd: (end) => release(session, end),
    });
    cancelStart();
    stream = { state: "talking", session, leg, callSid: start.callSid };
    try {
      session.join(leg);
    } catch {
      stream = { state: "waiting" };
      refuse(1008, "call_not_joinable");
    }
  }

  /** The carrier stops the stream of a call that has ended; where it does not, the socket is closed. */
  function release(session: CallSession, end: SessionEnd): void {
    hasEnded = true;
    const told = deps.endAtCarrier?.(session, end);
    if (told === undefined) return close(1000);
    cancelRelease = setTimer(() => close(1000), releaseMs);
    told.then((isAccepted) => isAccepted || close(1000));
  }

  function close(code: number, why?: string): void {
    if (socket.readyState === WebSocket.OPEN) socket.close(code, why);
  }

  /** A few ticks per time limit, so that a frame costs neither a clock reading nor a timer. */
  function checkAlive(): void {
    // First, so that `finish` ends it from here as well.
    cancelCheck = setTimer(checkAlive, silentMs / MAX_TICKS);
    silentTicks = messages === seen ? silentTicks + 1 : 0;
    seen = messages;
    stuckTicks = stream.state === "talking" && stream.leg.stuck ? stuckTicks + 1 : 0;
    if (stuckTicks >= MAX_TICKS) return finish("stuck", 1011);
    if (silentTicks >= MAX_TICKS) return finish("silent", 1011);
  }

  function refuse(code: number, why: string): void {
    const callId = stream.state === "talking" ? stream.session.id : undefined;
    deps.log.warn("Media stream refused", { callId, why });
    finish(why, code);
  }

  function finish(why: string, code?: number): void {
    if (stream.state === "over") return;
    const ending = stream;
    stream = { state: "over" };
    cancelStart();
    cancelRelease?.();
    cancelCheck();
    if (code !== undefined) close(code, why);
    deps.onEnded?.();
    if (ending.state !== "talking") return;
    const { session, leg, callSid } = ending;
    leg.detach();
    const counts = { messages, ignored, dropped: leg.dropped };
    deps.log.info("Media stream ended", { callId: session.id, why, ...counts });
    if (why === "replaced" || hasEnded) return;
    const isAway = deps.isAway?.(session) === true;
    // The agent's own call into a conference may end after that, when the caller is on the way back.
    const isCallers = session.callSid === undefined || session.callSid === callSid;
    // Only `stop` means that the caller is gone; after anything else a new stream may follow.
    const gone = why === "stopped" && isCallers && !isAway;
    if (gone) return session.input({ type: "left", end: { reason: "caller_hung_up" } });
    session.input({ type: "lost" });
    if (isCallers || isAway) deps.onLost?.(session);
  }

  function hold(held: string[], data: string): void {
    if (held.length < MAX_HELD && data.length <= MAX_HELD_LENGTH) held.push(data);
    else ignore("too_early");
  }

  function ignore(why: string): void {
    ignored[why] = (ignored[why] ?? 0) + 1;
  }
}

/** The limits where no others are given. */
export const twilioLimits: TwilioLimits = {
  startMs: 5000,
  // Looked at four times: noticed within ten seconds.
  silentMs: 7500,
  releaseMs: 3000,
  maxMessageLength: 64 * 1024,
};

const MAX_TICKS = 4;
/** More than the frames of `startMs`. */
const MAX_HELD = 300;
/** A frame of Twilio's has some 400 characters. */
const MAX_HELD_LENGTH = 2048;
/** A `start` has some thirty, and as many as its parameters. */
const hasManyParts = createPartsLimit(1000);
