import { decodeBase64 } from "../../../utils/audio/audioFormat.ts";
import type { PhoneError } from "../call/callEvents.ts";
import { isRecord } from "../../../utils/isRecord.ts";

/** A frame from the app that Twilio accepts. */
export type AppFrame =
  | { readonly event: "media"; readonly audio: Uint8Array }
  | { readonly event: "mark"; readonly name: string }
  | { readonly event: "clear" };

/** Reads one frame under Twilio's strict schema: nothing missing, nothing more, the right stream. */
export function readAppFrame(data: unknown, streamSid: string): AppFrame | PhoneError {
  if (typeof data !== "string") return refuse(31950, "a binary frame");
  let frame: unknown;
  try {
    frame = JSON.parse(data);
  } catch {
    return refuse(31951, "not JSON");
  }
  if (!isRecord(frame)) return refuse(31951, "not an object");
  if (frame["streamSid"] !== streamSid) return refuse(31951, "a missing or wrong streamSid");
  switch (frame["event"]) {
    case "media":
      return readMedia(frame);
    case "mark":
      return readMark(frame);
    case "clear":
      return hasOnly(frame, ["event", "streamSid"])
        ? { event: "clear" }
        : refuse(31951, "a clear with a missing or extra field");
    default:
      return refuse(31951, "an unknown event");
  }
}

function readMedia(frame: Record<string, unknown>): AppFrame | PhoneError {
  const media = frame["media"];
  if (!hasOnly(frame, ["event", "streamSid", "media"]) || !isRecord(media)) {
    return refuse(31951, "a media frame with a missing or extra field");
  }
  const payload = media["payload"];
  if (!hasOnly(media, ["payload"]) || typeof payload !== "string") {
    return refuse(31951, "a media frame whose media is not exactly {payload}");
  }
  try {
    const audio = decodeBase64(payload);
    return startsWithRiff(audio)
      ? refuse(31951, "a payload with a file header")
      : { event: "media", audio };
  } catch {
    return refuse(31950, "a payload that is not base64");
  }
}

function readMark(frame: Record<string, unknown>): AppFrame | PhoneError {
  const mark = frame["mark"];
  if (!hasOnly(frame, ["event", "streamSid", "mark"]) || !isRecord(mark)) {
    return refuse(31951, "a mark frame with a missing or extra field");
  }
  const name = mark["name"];
  if (!hasOnly(mark, ["name"]) || typeof name !== "string" || name === "") {
    return refuse(31951, "a mark without exactly a name");
  }
  return { event: "mark", name };
}

function refuse(code: 31950 | 31951, what: string): PhoneError {
  return { code, message: `The app sent ${what}; ignored` };
}

function hasOnly(record: Record<string, unknown>, fields: readonly string[]): boolean {
  const present = Object.keys(record);
  return present.length === fields.length && fields.every((field) => present.includes(field));
}

function startsWithRiff(audio: Uint8Array): boolean {
  return audio[0] === 0x52 && audio[1] === 0x49 && audio[2] === 0x46 && audio[3] === 0x46;
}
