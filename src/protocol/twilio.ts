/** A message on a Twilio Media Streams socket. Sequence numbers and timestamps are not read. */
type TwilioMessage =
  | { readonly type: "connected" }
  | { readonly type: "start"; readonly start: TwilioStart }
  | { readonly type: "media"; readonly payload: string }
  | { readonly type: "dtmf"; readonly digit: string }
  | { readonly type: "mark"; readonly name: string }
  | { readonly type: "stop" }
  | { readonly type: "ignored"; readonly why: TwilioFault };

type TwilioFault =
  | "not_json"
  | "not_an_object"
  | "unknown_event"
  | "malformed"
  | "other_track";

/** What `start` says of its stream; a number that is missing or unreadable is NaN. */
export interface TwilioStart {
  readonly streamSid: string;
  readonly callSid: string;
  readonly mediaFormat: {
    readonly encoding: string;
    readonly sampleRate: number;
    readonly channels: number;
  };
  readonly parameters: Readonly<Record<string, string>>;
}

/** Reads one text message; what it cannot use comes back as `ignored`, never as an exception. */
export function readTwilioMessage(text: string): TwilioMessage {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return ignored("not_json");
  }
  if (!isRecord(message)) return ignored("not_an_object");
  switch (message["event"]) {
    case "media":
      return readMedia(message["media"]);
    case "mark":
      return readMark(message["mark"]);
    case "dtmf":
      return readDtmf(message["dtmf"]);
    case "start":
      return readStart(message["start"]);
    case "connected":
      return { type: "connected" };
    case "stop":
      return { type: "stop" };
    default:
      return ignored("unknown_event");
  }
}

/**
 * The payload of a media message as Twilio writes them, without parsing JSON: they are nearly all messages
 * that come. Undefined for all other texts. A payload that is base64 is what `readTwilioMessage` finds in
 * the same text; any other may be none, and the text is to be read in full.
 */
export function mediaPayloadIn(text: string): string | undefined {
  MEDIA_HEAD.lastIndex = 0;
  if (!MEDIA_HEAD.test(text)) return undefined;
  const from = MEDIA_HEAD.lastIndex;
  const to = text.indexOf('"', from);
  MEDIA_TAIL.lastIndex = to;
  return to > from && MEDIA_TAIL.test(text) ? text.slice(from, to) : undefined;
}

/** Writes messages for one stream, with the fields Twilio allows and no others. */
export type TwilioWriter = ReturnType<typeof createTwilioWriter>;

/** `streamSid` is the one of the stream's `start`. */
export function createTwilioWriter(streamSid: string) {
  const sid = JSON.stringify(streamSid);
  return {
    /** Of base64, in which nothing is to be escaped. */
    media: (payload: string) =>
      `{"event":"media","streamSid":${sid},"media":{"payload":"${payload}"}}`,
    mark: (name: string) =>
      `{"event":"mark","streamSid":${sid},"mark":{"name":${JSON.stringify(name)}}}`,
    clear: `{"event":"clear","streamSid":${sid}}`,
  };
}

/** The fields in the orders in which Twilio's documents and its servers have them. */
const MEDIA_HEAD =
  /\{"event":"media",(?:"sequenceNumber":"\d{1,12}",|"streamSid":"\w{1,64}",){0,2}"media":\{"track":"inbound",(?:"chunk":"\d{1,12}",|"timestamp":"\d{1,15}",){0,2}"payload":"/y;
const MEDIA_TAIL = /"\}(?:,"sequenceNumber":"\d{1,12}"|,"streamSid":"\w{1,64}"){0,2}\}$/y;

function readMedia(media: unknown): TwilioMessage {
  if (!isRecord(media)) return ignored("malformed");
  const { track, payload } = media;
  if (track !== undefined && track !== "inbound") return ignored("other_track");
  if (typeof payload !== "string" || payload === "") return ignored("malformed");
  return { type: "media", payload };
}

function readMark(mark: unknown): TwilioMessage {
  if (!isRecord(mark) || !isId(mark["name"])) return ignored("malformed");
  return { type: "mark", name: mark["name"] };
}

function readDtmf(dtmf: unknown): TwilioMessage {
  if (!isRecord(dtmf) || typeof dtmf["digit"] !== "string") return ignored("malformed");
  const digit = dtmf["digit"].toUpperCase();
  return /^[0-9*#A-D]$/.test(digit) ? { type: "dtmf", digit } : ignored("malformed");
}

function readStart(start: unknown): TwilioMessage {
  if (!isRecord(start)) return ignored("malformed");
  const { streamSid, callSid, mediaFormat } = start;
  if (!isId(streamSid) || !isId(callSid) || !isRecord(mediaFormat)) return ignored("malformed");
  const { encoding, sampleRate, channels } = mediaFormat;
  return {
    type: "start",
    start: {
      streamSid,
      callSid,
      mediaFormat: {
        encoding: typeof encoding === "string" ? encoding : "",
        sampleRate: numberIn(sampleRate),
        channels: numberIn(channels),
      },
      parameters: readParameters(start["customParameters"]),
    },
  };
}

function readParameters(parameters: unknown): Readonly<Record<string, string>> {
  if (!isRecord(parameters)) return {};
  return Object.fromEntries(
    Object.entries(parameters).filter((entry): entry is [string, string] =>
      typeof entry[1] === "string"
    ),
  );
}

/** Twilio sends most of its numbers as strings. */
function numberIn(value: unknown): number {
  return typeof value === "number" || typeof value === "string" ? Number(value) : NaN;
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= 64;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function ignored(why: TwilioFault): TwilioMessage {
  return { type: "ignored", why };
}
