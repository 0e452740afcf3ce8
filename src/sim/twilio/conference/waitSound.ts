import { encodeG711, MU_LAW } from "../../../utils/audio/g711.ts";
import { sendWebhook } from "../api/webhook.ts";
import type { PhoneError } from "../call/callEvents.ts";
import type { SpeechQueue } from "../media/speechQueue.ts";
import type { NetworkContext } from "../networkContext.ts";
import { readTwiml, TwimlError } from "../twiml/twiml.ts";
import type { HttpMethod } from "../twiml/twimlElement.ts";
import { fetchSound, verbSound } from "../twiml/verbSound.ts";

/** Where a participant's sound comes from: TwiML, or a WAV file by GET. */
export interface SoundSource {
  readonly url: string;
  readonly method: HttpMethod;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Plays what a waiting participant hears into a queue until the signal aborts: music where there is no source. TwiML
 * that runs out is followed by silence. The answer is what was wrong with the source.
 */
export async function playWaitSound(
  context: NetworkContext,
  source: SoundSource | undefined,
  queue: SpeechQueue,
  signal: AbortSignal,
): Promise<PhoneError | undefined> {
  try {
    if (source === undefined) return await loop(() => Promise.resolve(music), queue, signal);
    const url = new URL(source.url);
    const file = source.method === "GET" ? await fetchSound(context, url, signal) : undefined;
    if (file !== undefined) return await loop(() => Promise.resolve(file), queue, signal);
    return await playDocuments(context, source, queue, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return undefined;
  }
}

/** Plays one announcement into a queue; resolves at its end with what was wrong with it. */
export async function playDocuments(
  context: NetworkContext,
  first: SoundSource,
  queue: SpeechQueue,
  signal: AbortSignal,
): Promise<PhoneError | undefined> {
  let source: SoundSource | undefined = first;
  for (let documents = 0; source !== undefined && documents < maxDocuments; documents++) {
    const { url, method, params }: SoundSource = source;
    source = undefined;
    const answer = await sendWebhook(context, { url, method, params }, signal);
    if (answer.error !== undefined) return answer.error;
    const twiml = read(answer.body);
    if ("code" in twiml) return twiml;
    for (const verb of twiml.verbs) {
      signal.throwIfAborted();
      if (verb.verb === "redirect") {
        source = { url: new URL(verb.url || url, url).href, method: verb.method, params };
        break;
      }
      if (verb.verb !== "say" && verb.verb !== "play" && verb.verb !== "pause") {
        return { code: 13238, message: `<${verb.verb}> cannot be used where only sound is heard` };
      }
      await queue.enqueue(await verbSound(context, verb, url, signal));
    }
  }
  return undefined;
}

const maxDocuments = 1_000;

function read(text: string): ReturnType<typeof readTwiml> | PhoneError {
  try {
    return readTwiml(text === "" ? "<Response/>" : text);
  } catch (error) {
    if (!(error instanceof TwimlError)) throw error;
    return { code: 12100, message: error.message };
  }
}

async function loop(
  sound: () => Promise<Uint8Array>,
  queue: SpeechQueue,
  signal: AbortSignal,
): Promise<undefined> {
  while (!signal.aborted) await queue.enqueue(await sound());
}

/** Four notes of half a second, softly: stands for the music that Twilio plays. */
const music = encodeG711(
  MU_LAW,
  Int16Array.from({ length: 16_000 }, (_, at) => {
    const hz = [523, 659, 784, 1_047][Math.floor(at / 4_000)] ?? 523;
    return Math.round(2_500 * Math.sin(2 * Math.PI * hz * at / 8_000));
  }),
);
