import { dtmfTones } from "../../../utils/audio/dtmf.ts";
import { encodeG711, MU_LAW } from "../../../utils/audio/g711.ts";
import { createResampler } from "../../../utils/audio/resampler.ts";
import { toneSamples } from "../../voice/toneVoice.ts";
import { speakSentences } from "../../voice/voice.ts";
import { signRequest } from "../api/signature.ts";
import { readWav } from "../media/wav.ts";
import type { NetworkContext } from "../networkContext.ts";
import type { VerbOf } from "./twiml.ts";

/** What a verb sounds like as mu-law, of the length that it takes. */
export async function verbSound(
  context: NetworkContext,
  verb: VerbOf<"say"> | VerbOf<"play"> | VerbOf<"pause">,
  baseUrl: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { pauseMsPerSecond = 1_000 } = context.line;
  if (verb.verb === "pause") return silence(verb.seconds * pauseMsPerSecond);
  if (verb.verb === "play") {
    if (verb.digits !== undefined) return keys(verb.digits);
    return await fetchSound(context, new URL(verb.url, baseUrl), signal) ?? tone(playMs);
  }
  const sound = await speech(context, verb.text, signal);
  return repeat(sound, Math.max(1, verb.loop));
}

/** How long a run of digits takes to play: half a second a digit, as for each w; W is a second. */
export function digitsMs(digits: string): number {
  return [...digits].reduce((ms, digit) => ms + (digit === "W" ? 1_000 : 500), 0);
}

/** Fetches a WAV file of the app's; undefined where there is none, such as at another host. */
export async function fetchSound(
  context: NetworkContext,
  url: URL,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const target = context.route(url);
  if (target === undefined) return undefined;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(fetchMs)]);
  try {
    const signature = signRequest(context.account.authToken, url.href);
    const headers = { "x-twilio-signature": signature };
    const response = await fetch(target, { headers, redirect: "manual", signal: limit });
    if (Number(response.headers.get("content-length") ?? 0) > maxBytes || !response.ok) {
      await response.body?.cancel();
      return undefined;
    }
    return readWav(await response.bytes());
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** How long a sound is taken to last that cannot be fetched. */
const playMs = 2_000;
const fetchMs = 5_000;
const maxBytes = 16 * 1024 * 1024;
const bytesPerMs = 8;

/** In the network's voice; without one a buzz of that length. */
async function speech(
  { voice, line: { sayMsPerCharacter = 60 } }: NetworkContext,
  text: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (voice === undefined) return tone(text.length * sayMsPerCharacter);
  const resampler = createResampler(voice.sampleRate, 8_000);
  const pieces: Uint8Array[] = [];
  const say = (sentence: string, stop?: AbortSignal) => voice.say(sentence, stop);
  for await (const samples of speakSentences(text, say, signal)) {
    pieces.push(encodeG711(MU_LAW, resampler.process(samples)));
  }
  return joined(pieces);
}

function tone(ms: number): Uint8Array {
  return encodeG711(MU_LAW, createResampler(16_000, 8_000).process(toneSamples(ms)));
}

/** Keys in the time that Twilio takes for them. */
function keys(digits: string): Uint8Array {
  return joined([...digits].map((digit) => {
    const slot = silence(digitsMs(digit));
    if (digit !== "w" && digit !== "W") slot.set(encodeG711(MU_LAW, dtmfTones(digit)));
    return slot;
  }));
}

function silence(ms: number): Uint8Array {
  return new Uint8Array(Math.round(ms * bytesPerMs)).fill(0xff);
}

function repeat(sound: Uint8Array, times: number): Uint8Array {
  return joined(Array.from({ length: Math.min(times, maxLoops) }, () => sound));
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const maxLoops = 1_000;
