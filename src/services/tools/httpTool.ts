import type { Milliseconds } from "../../call/types.ts";
import { isLoopback } from "../../utils/loopback.ts";
import { type Tool, type ToolArguments, ToolError } from "./tool.ts";

/** A tool that an operator offers over HTTP, as an agent's definition describes it. */
export interface HttpToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** https, or http on this machine. */
  readonly url: string;
  /** GET puts the arguments into the query, the others into a JSON body. */
  readonly method?: "GET" | "POST" | "PUT" | "PATCH";
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: Milliseconds;
}

/** Makes a tool that sends its arguments to a URL and returns the answer. Throws if the URL is unfit. */
export function createHttpTool(
  definition: HttpToolDefinition,
  { fetch = globalThis.fetch }: { readonly fetch?: typeof globalThis.fetch } = {},
): Tool {
  const { name, description, parameters, timeoutMs } = definition;
  const url = acceptableUrl(definition);
  return {
    name,
    description,
    parameters,
    ...(timeoutMs !== undefined && { timeLimitMs: timeoutMs }),
    async run(args, { signal }) {
      const { status, ok, text } = await exchange(fetch, requestOf(definition, url, args, signal));
      if (ok) return { output: text };
      // What a service says of a bad request helps the model; what it says of its own fault does not.
      const told = status < 500 ? `: ${text.slice(0, MAX_ERROR_CHARS)}` : "";
      throw new ToolError(`http_${status}`, `The service answered ${status}${told}`);
    },
  };
}

const MAX_BODY_BYTES = 64 * 1024;
const MAX_ERROR_CHARS = 500;
const MAX_REDIRECTS = 3;

function acceptableUrl({ name, url }: HttpToolDefinition): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const secure = parsed?.protocol === "https:" ||
    (parsed?.protocol === "http:" && isLoopback(parsed.hostname));
  if (!parsed || !secure) {
    throw new TypeError(
      `Cannot offer the tool ${name}: its url must be https, or http on localhost`,
    );
  }
  return parsed;
}

interface HttpRequest {
  readonly url: URL;
  readonly init: RequestInit;
}

function requestOf(
  { method = "POST", headers = {} }: HttpToolDefinition,
  url: URL,
  args: ToolArguments,
  signal: AbortSignal,
): HttpRequest {
  const init = { method, signal, redirect: "manual" } as const;
  if (method === "GET") {
    const target = new URL(url);
    for (const [key, value] of Object.entries(args)) {
      target.searchParams.set(key, typeof value === "string" ? value : JSON.stringify(value));
    }
    return { url: target, init: { ...init, headers: { ...headers } } };
  }
  const body = JSON.stringify(args);
  return {
    url,
    init: { ...init, body, headers: { "Content-Type": "application/json", ...headers } },
  };
}

interface HttpAnswer {
  readonly status: number;
  readonly ok: boolean;
  readonly text: string;
}

async function exchange(
  fetch: typeof globalThis.fetch,
  { url, init }: HttpRequest,
  redirectsLeft = MAX_REDIRECTS,
): Promise<HttpAnswer> {
  const answer = await send(fetch, url, init);
  if (answer.location === undefined) return answer;
  // Another host must get neither the caller's words nor the secrets in the headers.
  if (answer.location?.origin !== url.origin || redirectsLeft === 0) {
    throw new ToolError("redirected", "The service answered with a redirect elsewhere.");
  }
  const repeats = answer.status === 307 || answer.status === 308;
  const { body: _, ...bodiless } = init;
  const next = repeats ? init : { ...bodiless, method: "GET" };
  return exchange(fetch, { url: answer.location, init: next }, redirectsLeft - 1);
}

async function send(fetch: typeof globalThis.fetch, url: URL, init: RequestInit) {
  try {
    const response = await fetch(url, init);
    const { status, ok } = response;
    return { status, ok, text: await readText(response), location: locationOf(response, url) };
  } catch (cause) {
    throw new ToolError("unreachable", "The service cannot be reached.", { cause });
  }
}

/** Null where the redirect leads nowhere, undefined where there is none. */
function locationOf({ status, headers }: Response, base: URL): URL | null | undefined {
  const location = headers.get("location");
  if (status < 300 || status >= 400 || location === null) return undefined;
  return URL.parse(location, base);
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  // Leaving the loop early cancels the rest.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    text += decoder.decode(chunk, { stream: true });
    if (bytes >= MAX_BODY_BYTES) break;
  }
  return text;
}
