import { boundedText } from "../../utils/http/boundedText.ts";
import { keyHeader } from "../../utils/http/keyHeader.ts";
import { retryAfterMs } from "../../utils/http/retryAfter.ts";
import { present } from "../../utils/present.ts";
import { type ChatAnswer, readChatAnswer } from "./chatAnswer.ts";
import type { AnswerSchema } from "./answerSchema.ts";
import type { ChatMessage } from "./prompt.ts";

/** Where to ask which model. */
export interface ChatEndpoint {
  readonly url: string;
  readonly model: string;
  readonly apiKey?: string;
}

/** Asks one endpoint; never throws. */
export type AskChat = (
  messages: readonly ChatMessage[],
  schema: AnswerSchema,
  signal: AbortSignal,
) => Promise<ChatAnswer>;

export interface ChatClientOptions {
  readonly timeoutMs: number;
  /** In milliseconds since 1970. */
  readonly now: () => number;
}

const MAX_BYTES = 512 * 1024;
/** With room for what a model thinks before it answers. */
const MAX_OUTPUT_TOKENS = 16_000;

/** What a request says of the answer's form, the most exact first. */
const forms = [
  (schema: AnswerSchema) => ({
    response_format: {
      type: "json_schema",
      json_schema: { name: "analysis", strict: true, schema },
    },
    max_completion_tokens: MAX_OUTPUT_TOKENS,
  }),
  () => ({ response_format: { type: "json_object" }, max_tokens: MAX_OUTPUT_TOKENS }),
  () => ({}),
] as const;

/** Creates the client of an endpoint, which remembers the form of answer that it takes. */
export function createChatClient(
  endpoint: ChatEndpoint,
  { timeoutMs, now }: ChatClientOptions,
): AskChat {
  let known = 0;
  return async function ask(messages, schema, signal) {
    let refused: ChatAnswer | undefined;
    for (const [at, form] of forms.entries()) {
      if (at < known) continue;
      const answer = await send({ messages, ...form(schema) }, signal);
      if (answer.ok) known = at;
      // Whatever the endpoint does not take, an easier request may not have.
      if (answer.ok || !["http_400", "http_422"].includes(answer.reason)) return answer;
      refused = answer;
    }
    return refused ?? { ok: false, reason: "http_400", kind: "final" };
  };

  async function send(body: object, signal: AbortSignal): Promise<ChatAnswer> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const { url, model, apiKey } = endpoint;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          ...(apiKey !== undefined && keyHeader(url, apiKey)),
          "content-type": "application/json",
          "user-agent": "Parley",
        },
        body: JSON.stringify({ model, ...body }),
        redirect: "manual",
        signal: AbortSignal.any([timeout, signal]),
      });
      if (!response.ok) {
        await response.body?.cancel();
        return failureOf(response, now);
      }
      const text = await boundedText(response, MAX_BYTES);
      if (text === undefined) return { ok: false, reason: "answer_too_large", kind: "endpoint" };
      return readChatAnswer(text);
    } catch {
      if (signal.aborted) return { ok: false, reason: "aborted", kind: "aborted" };
      const reason = timeout.aborted ? "timeout" : "unreachable";
      return { ok: false, reason, kind: "endpoint" };
    }
  }
}

function failureOf({ status, headers }: Response, now: () => number): ChatAnswer {
  const failure = { ok: false, reason: `http_${status}` } as const;
  // Of the one request: its length, or its content.
  if (status === 400 || status === 413 || status === 422) return { ...failure, kind: "final" };
  return {
    ...failure,
    kind: "endpoint",
    ...present({ retryAfterMs: retryAfterMs(headers, now()) }),
  };
}
