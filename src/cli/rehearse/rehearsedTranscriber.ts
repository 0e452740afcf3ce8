import type { Settings } from "../../config/settings.ts";
import type { Transcribe, Transcription } from "../../scenarios/run/words/transcribeHeard.ts";
import type { Prices } from "../../services/spending.ts";
import { writeWav } from "../../sim/twilio/media/wav.ts";
import { boundedText } from "../../utils/http/boundedText.ts";
import { keyHeader } from "../../utils/http/keyHeader.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { jsonOrUndefined } from "../../utils/jsonOrUndefined.ts";
import type { SpendLimit } from "./spendLimit.ts";

/** OpenAI's for recordings. It tells no times: the one that does is switched off on 2027-02-26. */
const MODEL = "gpt-transcribe";

/** An endpoint that transcribes files as OpenAI's does. */
interface Endpoint {
  readonly url: string;
  readonly apiKey: string;
}

/** Writes down what was heard; the note is for whoever pays for it. */
export interface Transcriber {
  readonly note: string;
  readonly transcribe: Transcribe;
}

export interface TranscriberOptions {
  readonly prices: Prices;
  /** Told what each request costs as it is sent, whatever comes of it. */
  readonly spending: Pick<SpendLimit, "refusal" | "add">;
  readonly signal: AbortSignal;
}

const OPENAI = "api.openai.com";
const TIMEOUT_MS = 60_000;
const MAX_ANSWER_BYTES = 256 * 1024;
/** OpenAI takes 25 MB. */
const MAX_FILE_BYTES = 24_000_000;

/**
 * Asks beside the text model where that is OpenAI's or on this machine, else at OpenAI: another provider's need not have
 * the model, and is sent no sound. Undefined where there is no key of either.
 */
export function openTranscriber(
  settings: Pick<Settings, "analysis" | "openai">,
  options: TranscriberOptions,
): Transcriber | undefined {
  const endpoint = endpointOf(settings);
  if (endpoint === undefined) return undefined;
  const usd = usdPerMinuteOf(options.prices);
  const { host } = new URL(endpoint.url);
  return {
    note: `After each call ${MODEL} at ${host} writes down what was heard, for $${usd} a minute; ` +
      "--built-in leaves that out.",
    transcribe: transcribeAt(endpoint, options),
  };
}

function endpointOf(
  { analysis, openai }: Pick<Settings, "analysis" | "openai">,
): Endpoint | undefined {
  if (analysis?.apiKey !== undefined) {
    const { apiKey } = analysis;
    const url = new URL(analysis.url);
    if (NEAR.test(url.hostname) && CHAT.test(url.pathname)) {
      url.pathname = url.pathname.replace(CHAT, PATH);
      return { url: url.href, apiKey };
    }
  }
  if (openai.apiKey === undefined || new URL(openai.url).hostname !== OPENAI) return undefined;
  return { url: `https://${OPENAI}/v1${PATH}`, apiKey: openai.apiKey };
}

const NEAR = /^(api\.openai\.com|localhost|127\.[\d.]+|\[::1\])$/;
const CHAT = /\/chat\/completions$/;
const PATH = "/audio/transcriptions";

/** Where the price is not known, that of the dearest whose price is. */
function usdPerMinuteOf({ transcription }: Prices): number {
  return transcription[MODEL]?.perMinute ??
    Math.max(0, ...Object.values(transcription).map(({ perMinute }) => perMinute ?? 0));
}

function transcribeAt(
  { url, apiKey }: Endpoint,
  { prices, spending, signal }: TranscriberOptions,
): Transcribe {
  const usdPerMinute = usdPerMinuteOf(prices);
  return async (mulaw) => {
    const refused = spending.refusal();
    if (refused !== undefined) return { ok: false, why: refused };
    const file = writeWav(mulaw);
    if (file.length > MAX_FILE_BYTES) return { ok: false, why: "a stretch of it is too long" };
    const form = new FormData();
    form.set("model", MODEL);
    form.set("response_format", "json");
    form.set("file", new File([file], "heard.wav", { type: "audio/wav" }));
    spending.add(usdPerMinute * mulaw.length / BYTES_PER_MINUTE);
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { ...keyHeader(url, apiKey), "user-agent": "Parley" },
        body: form,
        redirect: "manual",
        signal: AbortSignal.any([timeout, signal]),
      });
      if (!response.ok) {
        await response.body?.cancel();
        return { ok: false, why: `http_${response.status}` };
      }
      return read(await boundedText(response, MAX_ANSWER_BYTES));
    } catch {
      if (signal.aborted) return { ok: false, why: "it was interrupted" };
      return { ok: false, why: timeout.aborted ? "timeout" : "unreachable" };
    }
  };
}

const BYTES_PER_MINUTE = 60 * 8000;

function read(answer: string | undefined): Transcription {
  if (answer === undefined) return { ok: false, why: "answer_too_large" };
  const value = jsonOrUndefined(answer);
  const text = isRecord(value) ? value["text"] : undefined;
  return typeof text === "string" ? { ok: true, text } : { ok: false, why: "invalid_answer" };
}
