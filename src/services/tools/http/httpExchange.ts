import { PrivateAddressError } from "../../../utils/http/guardedFetch.ts";
import { ToolError } from "../tool.ts";
import { Unreachable, unreachableReason } from "../unreachable.ts";
import { type HttpAnswer, readHttpAnswer } from "./httpAnswer.ts";

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type SendRequest = (url: URL, init: RequestInit) => Promise<Response>;

export interface ExchangeOptions {
  readonly send: SendRequest;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

interface Exchanged extends HttpAnswer {
  readonly status: number;
  readonly ok: boolean;
}

const MAX_REDIRECTS = 3;

/** Sends a request, and follows redirects of the same host. Throws a `ToolError` where there is no answer. */
export async function exchange(
  request: HttpRequest,
  options: ExchangeOptions,
  redirectsLeft = MAX_REDIRECTS,
): Promise<Exchanged> {
  const response = await answered(request, options);
  const { status, ok } = response;
  const location = locationOf(response, request.url);
  if (location === undefined) return { status, ok, ...await read(response, request, options) };
  await response.body?.cancel();
  // Another host must get neither the arguments nor the secrets in the headers.
  if (location?.origin !== request.url.origin || redirectsLeft === 0) {
    throw new ToolError("redirected", "The service answered with a redirect elsewhere.", {
      isFault: true,
    });
  }
  const repeats = status === 307 || status === 308;
  const { body: _, ...bodiless } = request;
  const next = repeats ? request : { ...bodiless, method: "GET" };
  return await exchange({ ...next, url: location }, options, redirectsLeft - 1);
}

async function answered(request: HttpRequest, options: ExchangeOptions): Promise<Response> {
  const { url, ...rest } = request;
  const { signal, send } = options;
  const attempt = () => send(url, { ...rest, redirect: "manual", signal });
  try {
    return await attempt();
  } catch (error) {
    // Reading may be tried once more: the service may have closed a connection that was kept.
    if (request.method !== "GET" || signal.aborted || isUnsent(error)) {
      throw failureOf(error, request);
    }
  }
  return await attempt().catch((error) => {
    throw failureOf(error, request);
  });
}

async function read(response: Response, request: HttpRequest, { maxBytes }: ExchangeOptions) {
  try {
    return await readHttpAnswer(response, maxBytes);
  } catch (error) {
    if (!response.ok && error instanceof ToolError) return { text: "", isComplete: true };
    throw error instanceof ToolError ? error : noAnswer(error, request);
  }
}

function failureOf(error: unknown, request: HttpRequest): ToolError {
  if (error instanceof PrivateAddressError) {
    return new ToolError("private_address", "The service cannot be reached.", {
      cause: error,
      isFault: true,
    });
  }
  if (!isUnsent(error)) return noAnswer(error, request);
  return new ToolError("unreachable", "The service cannot be reached.", {
    cause: new Unreachable(request.url, unreachableReason(error), error),
    isFault: true,
  });
}

function noAnswer(cause: unknown, { method }: HttpRequest): ToolError {
  const mayHaveRun = method !== "GET";
  const doubt = mayHaveRun ? " It is not known whether it did what was asked." : "";
  return new ToolError("no_answer", `The service broke off before it had answered.${doubt}`, {
    cause,
    isFault: true,
    mayHaveRun,
  });
}

/** Whether no connection came about: nothing was sent. */
function isUnsent(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof PrivateAddressError) return true;
  const text = `${error.message} ${error.cause instanceof Error ? error.cause.message : ""}`;
  return error.name === "NotCapable" ||
    /\(Connect\)|dns error|are blocked|Requires net access|Cannot send/.test(text);
}

/** Null where the redirect leads nowhere, undefined where there is none. */
function locationOf({ status, headers }: Response, base: URL): URL | null | undefined {
  const location = headers.get("location");
  if (status < 300 || status >= 400 || location === null) return undefined;
  return URL.parse(location, base);
}
