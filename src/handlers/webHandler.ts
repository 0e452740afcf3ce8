import type { LegInput } from "../call/callLeg.ts";
import type { CallSession } from "../call/sessionApi.ts";
import { type ClientMessage, parseClientMessage } from "../protocol/web.ts";
import { encodeBase64 } from "../utils/audio/audioFormat.ts";
import type { WatchSocket } from "../utils/http/fragmentGuard.ts";
import { createRateLimiter } from "../utils/rateLimiter.ts";
import { createPartsLimit } from "../utils/partsLimit.ts";
import { WebLeg } from "./webLeg.ts";
import type { Log } from "../utils/logger.ts";

/** The call of a browser socket, and what watches the socket. */
export interface WebHandlerDeps {
  /** The call that this socket is the human's end of; opened before the upgrade, joined here. */
  readonly session: CallSession;
  readonly log: Pick<Log, "info" | "warn">;
  readonly watch?: WatchSocket | undefined;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/**
 * Handles one browser's socket: parses each message once and passes it to the call.
 *
 * Invalid messages are answered with an `error` message; too many of them end the call. The call ends
 * with the socket, whichever side closes it.
 */
export function handleWebSocket(
  socket: WebSocket,
  { session, log, watch, now = () => performance.now() }: WebHandlerDeps,
): void {
  const leg = new WebLeg(socket, () => finish("slow_reader"));
  const audioMs = createRateLimiter({ capacity: AUDIO_AHEAD_MS, refillPerSecond: 1000 });
  const audioFrames = createRateLimiter({ capacity: 6000, refillPerSecond: 500 });
  const messages = createRateLimiter({ capacity: 200, refillPerSecond: 50 });
  const errors = createRateLimiter({ capacity: 20, refillPerSecond: 1 });
  let refused = 0;
  let isOver = false;
  const opening = setTimeout(() => finish("never_opened"), OPENING_MS);

  socket.binaryType = "arraybuffer";
  socket.onopen = join;
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isOver) return;
    try {
      if (typeof data === "string") receiveText(data);
      else if (data instanceof ArrayBuffer) receiveBinary(data);
    } catch (error) {
      log.warn("Browser message not handled", { callId: session.id, error });
      leg.reject(1011, "internal_error", "The message could not be handled.");
      finish("failed");
    }
  };
  socket.onclose = ({ code }) => finish(ORDERLY_CLOSES.has(code) ? undefined : "connection_lost");
  socket.onerror = () => finish("socket_error");
  watch?.(socket, () => finish("too_big"));
  if (socket.readyState === WebSocket.OPEN) join();

  function join(): void {
    clearTimeout(opening);
    if (isOver) return closeWithCall();
    const { id, request } = session;
    leg.send({ type: "ready", callId: id, agent: request.agent, format: leg.format });
    try {
      session.join(leg);
    } catch {
      // The call ended between the upgrade and now, for instance for a bad key: the leg says why.
      isOver = true;
      closeWithCall();
    }
  }

  function closeWithCall(): void {
    session.ended.then((end) => leg.close(end));
  }

  function receiveBinary(frame: ArrayBuffer): void {
    if (frame.byteLength > MAX_MESSAGE_BYTES) return tooBig();
    if (frame.byteLength % 2 !== 0) {
      return refuse("invalid_audio", "A binary message is a whole number of 16-bit samples.");
    }
    if (admits(frame.byteLength)) session.hear(encodeBase64(new Uint8Array(frame)));
  }

  function receiveText(json: string): void {
    if (json.length > MAX_MESSAGE_BYTES) return tooBig();
    if (hasManyParts(json)) {
      return refuse("invalid_message", "A message is one object with few members.");
    }
    const parsed = parseClientMessage(json);
    if (!parsed.ok) return refuse(parsed.code, parsed.error);
    const { message } = parsed;
    if (message.type === "input_audio_buffer.append") {
      if (admits(message.audio.length * 0.75)) session.hear(message.audio);
      return;
    }
    if (!messages.consume("", now()).allowed) {
      return refuse("too_fast", "Too many messages; slow down.");
    }
    if (message.type === "hello") leg.binary = message.binary;
    else session.input(toLegInput(message));
  }

  /** Rate-limits a message of audio; false where it is refused or empty. */
  function admits(bytes: number): boolean {
    if (!audioFrames.consume("", now()).allowed) {
      refuse("too_fast", "Audio comes in too many messages; put more into each.");
      return false;
    }
    if (!audioMs.consume("", now(), bytes / BYTES_PER_MS).allowed) {
      refuse("too_fast", "Audio comes faster than it can have been spoken.");
      return false;
    }
    return bytes > 0;
  }

  function refuse(code: string, error: string): void {
    refused++;
    if (errors.consume("", now()).allowed) return leg.send({ type: "error", code, error });
    leg.reject(1008, "too_many_errors", "Too many messages could not be understood.");
    finish("too_many_errors");
  }

  function tooBig(): void {
    leg.reject(1009, "too_big", `A message has at most ${MAX_MESSAGE_BYTES} bytes.`);
    finish("too_big");
  }

  /** Idempotent: Deno may fire `close` twice, and after `error`. */
  function finish(fault?: string): void {
    clearTimeout(opening);
    if (isOver) return;
    isOver = true;
    if (refused > 0) log.warn("Browser messages refused", { callId: session.id, refused });
    log.info("Browser left", { callId: session.id, fault });
    session.input({
      type: "left",
      end: fault === undefined
        ? { reason: "caller_hung_up" }
        : { reason: "leg_failed", detail: fault },
    });
  }
}

/** Closed by the page, by its tab going away, or without a code. */
const ORDERLY_CLOSES: ReadonlySet<number> = new Set([1000, 1001, 1005]);
const MAX_MESSAGE_BYTES = 256 * 1024;
/** Nothing in the protocol is nested; a typed text of 4000 characters may consist of commas. */
const hasManyParts = createPartsLimit(5000);
/** How much audio may come ahead of real time, for instance a recording that is sent as a file. */
const AUDIO_AHEAD_MS = 60_000;
const BYTES_PER_MS = 48;
const OPENING_MS = 10_000;

type Asked = Exclude<ClientMessage, { type: "hello" | "input_audio_buffer.append" }>;

function toLegInput(message: Asked): LegInput {
  switch (message.type) {
    case "played":
      return {
        type: "rendered",
        itemId: message.itemId,
        ms: message.ms,
        cleared: message.cleared === true,
      };
    case "text":
      return { type: "typed", text: message.text };
    case "dtmf":
      return { type: "digit", digit: message.digit };
    case "interrupt":
      return { type: "interruptAsked" };
    case "input_audio_buffer.commit":
      return { type: "turnCommitted" };
    case "input_audio_buffer.clear":
      return { type: "turnCleared" };
    default:
      return message satisfies never;
  }
}
