import type { Milliseconds } from "../../../call/types.ts";
import { isLoopback } from "../../../utils/http/loopback.ts";
import { isCallHeader, type SignCall } from "./callSigner.ts";
import { readHttpAnswer } from "./httpAnswer.ts";
import { propertiesOf } from "../schema/schemaRewrite.ts";
import { type Tool, type ToolArguments, ToolError } from "../tool.ts";
import { present } from "../../../utils/present.ts";

/** A tool that an operator offers over HTTP, as an agent's definition describes it. */
export interface HttpToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** https, or http on this machine. */
  readonly url: string;
  /** GET puts the arguments into the query, the others into a JSON body. */
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: Milliseconds;
  /** Whether requests carry the signed call header, where there is a secret to sign with. */
  readonly identity?: boolean;
}

/**
 * Creates a tool that sends its arguments to a URL and returns the answer; without `signCall` its requests
 * carry no call header. Throws where the definition is invalid.
 */
export function createHttpTool(definition: HttpToolDefinition, signCall?: SignCall): Tool {
  const { name, description, parameters, timeoutMs, identity = true } = definition;
  const url = acceptableUrl(definition);
  checkHeaders(definition);
  checkProperties(definition, url);
  return {
    name,
    description,
    parameters,
    options: present({ timeoutMs }),
    async run(args, context) {
      const call = identity ? signCall?.(name, context) ?? {} : {};
      const request = requestOf(definition, url, args, call);
      const { status, ok, text } = await exchange({
        ...request,
        init: { ...request.init, signal: context.signal },
      });
      if (ok) return { output: text };
      // A service's message about a bad request helps the model; one about its own fault does not.
      const detail = status < 500 ? `: ${text.slice(0, MAX_ERROR_CHARS)}` : "";
      throw new ToolError(`http_${status}`, `The service answered ${status}${detail}`);
    },
  };
}

const MAX_ERROR_CHARS = 500;
const MAX_REDIRECTS = 3;
/** Common servers refuse longer ones. */
const MAX_URL_CHARS = 8000;

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

function checkHeaders({ name, headers = {} }: HttpToolDefinition): void {
  for (const [header, value] of Object.entries(headers)) {
    if (isCallHeader(header)) {
      throw new TypeError(`Cannot offer the tool ${name}: ${header} is set by the server alone`);
    }
    if (FRAMING_HEADERS.has(header.toLowerCase())) {
      throw new TypeError(`Cannot offer the tool ${name}: ${header} follows from the request`);
    }
    try {
      new Headers([[header, value]]);
    } catch {
      throw new TypeError(`Cannot offer the tool ${name}: ${header.slice(0, 80)} is no header`);
    }
  }
}

const FRAMING_HEADERS = new Set([
  ...["host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"],
]);

/** The operator fixes the parameters of the URL's own query: no argument may override one. */
function checkProperties({ name, parameters }: HttpToolDefinition, url: URL): void {
  const taken = Object.keys(propertiesOf(parameters)).find((property) => isFixed(property, url));
  if (taken === undefined) return;
  throw new TypeError(
    `Cannot offer the tool ${name}: parameters.properties.${taken}: the url has a query parameter of this name`,
  );
}

/** Many services read `a[]`, `a[0]` and `A` as `a`. */
function isFixed(argument: string, url: URL): boolean {
  const root = rootOf(argument);
  return [...url.searchParams.keys()].some((key) => rootOf(key) === root);
}

function rootOf(name: string): string {
  return name.trim().replace(/[[.].*$/s, "").toLowerCase();
}

interface HttpRequest {
  readonly url: URL;
  readonly init: RequestInit;
}

function requestOf(
  { method = "POST", headers = {} }: HttpToolDefinition,
  url: URL,
  args: ToolArguments,
  call: Readonly<Record<string, string>>,
): HttpRequest {
  const init = { method, redirect: "manual" } as const;
  const sent = Object.entries(args).filter(([name]) => !isFixed(name, url));
  if (method === "GET") {
    // A query has no null: sent, it would be read as the text "null".
    const given = sent.filter(([, value]) => value !== null);
    const query = new URLSearchParams(
      given.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    );
    const target = new URL(url);
    // The operator's part of the query stays byte for byte: it may be signed.
    target.search = [url.search.slice(1), query.toString()].filter((part) => part !== "").join("&");
    if (target.href.length > MAX_URL_CHARS) {
      throw new ToolError("arguments_too_long", "The arguments are too long: say less.");
    }
    return { url: target, init: { ...init, headers: { ...headers, ...call } } };
  }
  const body = JSON.stringify(Object.fromEntries(sent));
  const type = { "Content-Type": "application/json" };
  return { url, init: { ...init, body, headers: { ...type, ...headers, ...call } } };
}

interface HttpAnswer {
  readonly status: number;
  readonly ok: boolean;
  readonly text: string;
}

async function exchange(
  { url, init }: HttpRequest,
  redirectsLeft = MAX_REDIRECTS,
): Promise<HttpAnswer> {
  const answer = await send(url, init);
  if (answer.location === undefined) return answer;
  // Another host must get neither the arguments nor the secrets in the headers.
  if (answer.location?.origin !== url.origin || redirectsLeft === 0) {
    throw new ToolError("redirected", "The service answered with a redirect elsewhere.");
  }
  const repeats = answer.status === 307 || answer.status === 308;
  const { body: _, ...bodiless } = init;
  const next = repeats ? init : { ...bodiless, method: "GET" };
  return exchange({ url: answer.location, init: next }, redirectsLeft - 1);
}

async function send(url: URL, init: RequestInit) {
  try {
    const response = await fetch(url, init);
    const { status, ok } = response;
    return {
      status,
      ok,
      text: await readHttpAnswer(response),
      location: locationOf(response, url),
    };
  } catch (cause) {
    if (cause instanceof ToolError) throw cause;
    throw new ToolError("unreachable", "The service cannot be reached.", { cause });
  }
}

/** Null where the redirect leads nowhere, undefined where there is none. */
function locationOf({ status, headers }: Response, base: URL): URL | null | undefined {
  const location = headers.get("location");
  if (status < 300 || status >= 400 || location === null) return undefined;
  return URL.parse(location, base);
}
