import { readSound, type Sound } from "../../utils/audio/wav.ts";
import { type ChatFault, failWith } from "../chat/chatFaults.ts";
import { problem, startEndpoint } from "../openaiEndpoint.ts";
import type { Voice } from "../voice/voice.ts";
import { learnSentences, wordsIn } from "./knownSentences.ts";

/** A file that is to be written down. */
export interface TranscriptionRequest extends Sound {
  readonly model: string;
}

export interface TranscriptionServerOptions {
  /** The only key that is let in; without it any is. */
  readonly apiKey?: string;
  /** What can be understood: these texts, as this voice says them on the phone. */
  readonly texts: readonly string[];
  readonly voice: Pick<Voice, "say" | "sampleRate">;
  /** Changes what was understood, such as by mishearing. */
  readonly answer?: (text: string, request: TranscriptionRequest) => string;
  /** What goes wrong at the next requests, one each. */
  readonly faults?: readonly ChatFault[];
}

/** Starts an endpoint that transcribes files, as OpenAI has it, on a free loopback port. */
export function startTranscriptionServer(
  { apiKey, texts, voice, answer = (text) => text, faults = [] }: TranscriptionServerOptions,
) {
  const next = [...faults];
  const requests: TranscriptionRequest[] = [];
  let known: ReturnType<typeof learnSentences> | undefined;
  const endpoint = startEndpoint({
    path: "/v1/audio/transcriptions",
    apiKey,
    read: readForm,
    async answer(asked, stopped) {
      requests.push(asked);
      const fault = next.shift();
      if (fault !== undefined) return await failWith(fault, stopped);
      if (!MODELS.test(asked.model)) {
        return problem(404, "model_not_found", "There is no such model.");
      }
      const text = answer(
        wordsIn(asked.samples, await (known ??= learnSentences(texts, voice))),
        asked,
      );
      const seconds = Math.ceil(asked.samples.length / asked.hz);
      return Response.json({ text, languages: [], usage: { type: "duration", seconds } });
    },
  });
  return {
    url: endpoint.url,
    requests: requests as readonly TranscriptionRequest[],
    /** Has one of the next requests fail each. */
    fail: (...more: readonly ChatFault[]): void => void next.push(...more),
    close: endpoint.close,
  };
}

const MODELS = /^(gpt-transcribe|whisper-1|gpt-4o(-mini)?-transcribe)$/;

async function readForm(request: Request): Promise<TranscriptionRequest | undefined> {
  const form = await request.formData();
  const [model, file] = [form.get("model"), form.get("file")];
  // No other form of answer is known of `gpt-transcribe`.
  if ((form.get("response_format") ?? "json") !== "json") return undefined;
  if (typeof model !== "string" || !(file instanceof File)) return undefined;
  return { model, ...readSound(new Uint8Array(await file.arrayBuffer())) };
}
