import { boundedText } from "../../../utils/http/boundedText.ts";
import { keyHeader } from "../../../utils/http/keyHeader.ts";
import { retryAfterMs } from "../../../utils/http/retryAfter.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { present } from "../../../utils/present.ts";

export interface EmbeddingEndpoint {
  readonly url: string;
  readonly model: string;
  readonly apiKey: string;
}

/** `reason` is a snake_case word, free of private data. */
export interface EmbeddingFailure {
  readonly type: "failed";
  readonly reason: string;
  readonly retryAfterMs?: number;
}

export type Embedded =
  | {
    readonly type: "embedded";
    /** One for each text, each of the length 1. */
    readonly vectors: readonly Float32Array<ArrayBuffer>[];
    readonly tokens: number | undefined;
  }
  | EmbeddingFailure;

/** Enough for passages of 120 words, and a third of what models make by themselves. */
export const DIMENSIONS = 512;
const MAX_BYTES = 4 * 1024 * 1024;

/** Asks an endpoint, as OpenAI has it, for the vectors of texts; never rejects. `now` is in ms since 1970. */
export async function embed(
  { url, model, apiKey }: EmbeddingEndpoint,
  texts: readonly string[],
  { timeoutMs, now }: { readonly timeoutMs: number; readonly now: () => number },
): Promise<Embedded> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        ...keyHeader(url, apiKey),
        "content-type": "application/json",
        "user-agent": "Parley",
      },
      body: JSON.stringify({ model, input: texts, dimensions: DIMENSIONS }),
      redirect: "manual",
      signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      const waitMs = retryAfterMs(response.headers, now());
      return { ...failed(`http_${response.status}`), ...present({ retryAfterMs: waitMs }) };
    }
    const text = await boundedText(response, MAX_BYTES);
    return text === undefined ? failed("answer_too_large") : read(text, texts.length);
  } catch {
    return failed(signal.aborted ? "timeout" : "unreachable");
  }
}

function read(text: string, count: number): Embedded {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    // A page of a proxy, or an answer that was cut off.
    return failed(text.trimStart().startsWith("<") ? "answer_html" : "answer_unreadable");
  }
  const data = isRecord(answer) ? answer["data"] : undefined;
  if (!isRecord(answer) || !Array.isArray(data) || data.length !== count) {
    return failed("answer_unreadable");
  }
  // `Array.from` leaves no holes: only the numbers of the texts are in it.
  const vectors: (Float32Array<ArrayBuffer> | undefined)[] = Array.from({ length: count });
  for (const [at, item] of data.entries()) {
    if (!isRecord(item)) return failed("answer_unreadable");
    const { embedding, index = at } = item;
    if (!Array.isArray(embedding) || !embedding.every((value) => typeof value === "number")) {
      return failed("answer_unreadable");
    }
    if (embedding.length !== DIMENSIONS) return failed("wrong_dimensions");
    const vector = toUnit(embedding);
    if (typeof index !== "number" || !(index in vectors)) return failed("answer_unreadable");
    vectors[index] = vector;
  }
  const complete = vectors.filter((vector) => vector !== undefined);
  if (complete.length !== count) return failed("answer_unreadable");
  return { type: "embedded", vectors: complete, tokens: tokensOf(answer["usage"]) };
}

/** Undefined where it has no direction. */
function toUnit(values: readonly number[]): Float32Array<ArrayBuffer> | undefined {
  const length = Math.hypot(...values);
  if (!Number.isFinite(length) || length === 0) return undefined;
  return Float32Array.from(values, (value) => value / length);
}

function tokensOf(usage: unknown): number | undefined {
  if (!isRecord(usage)) return undefined;
  const tokens = usage["prompt_tokens"] ?? usage["total_tokens"];
  const isCount = typeof tokens === "number" && Number.isSafeInteger(tokens) && tokens >= 0;
  return isCount && tokens <= 1e9 ? tokens : undefined;
}

function failed(reason: string): EmbeddingFailure {
  return { type: "failed", reason };
}
