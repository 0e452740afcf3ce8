import type { ClientMessage } from "../protocol/web.ts";
import { type Base64, encodeBase64 } from "../utils/audio/audioFormat.ts";
import { createPartsLimit } from "../utils/partsLimit.ts";
import { createRateLimiter } from "../utils/rateLimiter.ts";
import { parseClientMessage } from "./clientMessage.ts";

/** What a browser has asked for; its audio goes another way. */
export type ClientRequest = Exclude<ClientMessage, { type: "input_audio_buffer.append" }>;

export interface ClientFrameEvents {
  onAudio(audio: Base64): void;
  onRequest(request: ClientRequest): void;
  /** The frame is ignored, and the client is told this. */
  onRefused(code: string, error: string): void;
  /** The frame is larger than `MAX_MESSAGE_BYTES`. */
  onTooBig(): void;
  /** Monotonic milliseconds. */
  now(): number;
}

export const MAX_MESSAGE_BYTES = 256 * 1024;
/** Nothing in the protocol is nested; a typed text of 4000 characters may consist of commas. */
const hasManyParts = createPartsLimit(5000);
/** How much audio may come ahead of real time, for instance a recording that is sent as a file. */
const AUDIO_AHEAD_MS = 60_000;
const BYTES_PER_MS = 48;

/** Creates the function that reads one browser's frames: it narrows each once, and bounds their size and rate. */
export function createClientFrames(
  { onAudio, onRequest, onRefused, onTooBig, now }: ClientFrameEvents,
): (data: unknown) => void {
  const audioMs = createRateLimiter({ capacity: AUDIO_AHEAD_MS, refillPerSecond: 1000 });
  const audioFrames = createRateLimiter({ capacity: 6000, refillPerSecond: 500 });
  const messages = createRateLimiter({ capacity: 200, refillPerSecond: 50 });

  return (data) => {
    if (typeof data === "string") receiveText(data);
    else if (data instanceof ArrayBuffer) receiveBinary(data);
  };

  function receiveBinary(frame: ArrayBuffer): void {
    if (frame.byteLength > MAX_MESSAGE_BYTES) return onTooBig();
    if (frame.byteLength % 2 !== 0) {
      return onRefused("invalid_audio", "A binary message is a whole number of 16-bit samples.");
    }
    if (admits(frame.byteLength)) onAudio(encodeBase64(new Uint8Array(frame)));
  }

  function receiveText(json: string): void {
    const isTooBig = json.length > MAX_MESSAGE_BYTES;
    if (isTooBig || hasManyParts(json)) {
      const id = idOfResult(json);
      if (id !== undefined) return tooMuch(id);
      if (isTooBig) return onTooBig();
      return onRefused("invalid_message", "A message is one object with few members.");
    }
    const parsed = parseClientMessage(json);
    if (!parsed.ok) return onRefused(parsed.code, parsed.error);
    const { message } = parsed;
    if (message.type === "input_audio_buffer.append") {
      if (admits(message.audio.length * 0.75)) onAudio(message.audio);
      return;
    }
    if (!messages.consume("", now()).allowed) {
      return onRefused("too_fast", "Too many messages; slow down.");
    }
    onRequest(message);
  }

  /** What a page's tool has brought is too much: that costs the tool, and not the call. */
  function tooMuch(id: string): void {
    onRefused("invalid_result", "output has at most 256 KB, and few members.");
    onRequest({ type: "tool_result", id, error: "The result is too large." });
  }

  /** Rate-limits a message of audio; false where it is refused or empty. */
  function admits(bytes: number): boolean {
    if (!audioFrames.consume("", now()).allowed) {
      onRefused("too_fast", "Audio comes in too many messages; put more into each.");
      return false;
    }
    if (!audioMs.consume("", now(), bytes / BYTES_PER_MS).allowed) {
      onRefused("too_fast", "Audio comes faster than it can have been spoken.");
      return false;
    }
    return bytes > 0;
  }
}

/** Of which tool call a message is the result, by its ends alone: it is too large to be read. */
function idOfResult(json: string): string | undefined {
  const ends = `${json.slice(0, ENDS_CHARS)} ${json.slice(-ENDS_CHARS)}`;
  if (!/"type"\s*:\s*"tool_result"/.test(ends)) return undefined;
  return /"id"\s*:\s*"([\w-]{1,100})"/.exec(ends)?.[1];
}

const ENDS_CHARS = 300;
