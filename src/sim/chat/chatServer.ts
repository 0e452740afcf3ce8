import { type ChatFault, failWith } from "./chatFaults.ts";
import { Mailbox } from "../mailbox.ts";
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

const PATH = "/v1/chat/completions";
const MAX_UNREAD = 32;
/** As a tokenizer has it for English. */
const TOKEN_CHARS = 4;

/** Starts a chat completions endpoint, as OpenAI has it, on a free loopback port. */
export function startChatServer(
  { apiKey, answer = rehearsedAnalysis, faults = [], takesSchemas = true }: ChatServerOptions = {},
) {
  const next = [...faults];
  const requests = new Mailbox<ChatRequest>(MAX_UNREAD);
  const stopped = new AbortController();
  const stats = { requests: 0 };

  async function serve(request: Request): Promise<Response> {
    if (request.method !== "POST" || new URL(request.url).pathname !== PATH) {
      return problem(404, "not_found", "There is no such path.");
    }
    const key = request.headers.get("authorization")?.replace(/^Bearer /, "");
    if (apiKey !== undefined && key !== apiKey) {
      return problem(401, "invalid_api_key", "Incorrect API key provided.");
    }
    const asked = readChatRequest(await request.text());
    if (asked === undefined) return problem(400, "invalid_request", "The body cannot be read.");
    stats.requests++;
    requests.put(asked);
    const fault = next.shift();
    if (fault !== undefined) return await failWith(fault, stopped.signal);
    if (!takesSchemas && asked.format === "json_schema") {
      return problem(400, "unsupported_value", "response_format json_schema is not supported.");
    }
    return completion(asked, await answer(asked));
  }

  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    signal: stopped.signal,
  }, serve);

  return {
    /** `http://127.0.0.1:PORT/v1/chat/completions`. */
    url: `http://127.0.0.1:${server.addr.port}${PATH}`,
    stats: stats as Readonly<typeof stats>,
    /** The first request that was not given out, waiting for one if need be. */
    nextRequest: (): Promise<ChatRequest> => requests.next("Cannot await a request: server closed"),
    /** Has one of the next requests fail. */
    fail: (...more: readonly ChatFault[]): void => void next.push(...more),
    async close(): Promise<void> {
      requests.close();
      stopped.abort();
      await server.finished;
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

function problem(status: number, code: string, message: string): Response {
  return Response.json({ error: { message, type: "invalid_request_error", code } }, { status });
}
