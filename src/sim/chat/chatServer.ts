import { Mailbox } from "../mailbox.ts";
import { problem, startEndpoint, TOKEN_CHARS } from "../openaiEndpoint.ts";
import { type ChatFault, failWith } from "./chatFaults.ts";
import { type ChatRequest, readChatRequest } from "./chatRequest.ts";
import { rehearsedAnalysis } from "./rehearsedAnalysis.ts";

export type { ChatFault } from "./chatFaults.ts";
export type { ChatRequest } from "./chatRequest.ts";

export interface ChatServerOptions {
  /** The only key that is let in; without it any is. */
  readonly apiKey?: string;
  /** Writes the answer's text; by default a rehearsed analysis. */
  readonly answer?: (request: ChatRequest) => string | Promise<string>;
  /** What goes wrong at the next requests, one each. */
  readonly faults?: readonly ChatFault[];
  /** Whether `response_format` may be a JSON Schema; where not, such requests are refused with 400. */
  readonly takesSchemas?: boolean;
}

/** A running endpoint; closing it frees everything. */
export type ChatServer = ReturnType<typeof startChatServer>;

const MAX_UNREAD = 32;

/** Starts a chat completions endpoint, as OpenAI has it, on a free loopback port. */
export function startChatServer(
  { apiKey, answer = rehearsedAnalysis, faults = [], takesSchemas = true }: ChatServerOptions = {},
) {
  const next = [...faults];
  const requests = new Mailbox<ChatRequest>(MAX_UNREAD);
  const stats = { requests: 0 };
  const endpoint = startEndpoint({
    path: "/v1/chat/completions",
    apiKey,
    read: async (request) => readChatRequest(await request.json()),
    async answer(asked, stopped) {
      stats.requests++;
      requests.put(asked);
      const fault = next.shift();
      if (fault !== undefined) return await failWith(fault, stopped);
      if (!takesSchemas && asked.format === "json_schema") {
        return problem(400, "unsupported_value", "response_format json_schema is not supported.");
      }
      return completion(asked, await answer(asked));
    },
  });

  return {
    url: endpoint.url,
    stats: stats as Readonly<typeof stats>,
    /** The first request that was not given out, waiting for one if need be. */
    nextRequest: (): Promise<ChatRequest> => requests.next("Cannot await a request: server closed"),
    /** Has one of the next requests fail. */
    fail: (...more: readonly ChatFault[]): void => void next.push(...more),
    async close(): Promise<void> {
      requests.close();
      await endpoint.close();
    },
  };
}

function completion({ model, messages }: ChatRequest, content: string): Response {
  const read = messages.reduce((sum, message) => sum + message.content.length, 0);
  const usage = {
    prompt_tokens: Math.ceil(read / TOKEN_CHARS),
    completion_tokens: Math.ceil(content.length / TOKEN_CHARS),
    prompt_tokens_details: { cached_tokens: 0 },
  };
  const message = { role: "assistant", content, refusal: null };
  return Response.json({
    id: "chatcmpl-rehearsal",
    object: "chat.completion",
    created: 0,
    model,
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage: { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens },
  });
}
