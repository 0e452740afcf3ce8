import { boundedText } from "../../../utils/http/boundedText.ts";
import { isLoopback } from "../../../utils/http/loopback.ts";
import { retryAfterMs } from "../../../utils/http/retryAfter.ts";
import { sleep } from "../../../utils/sleep.ts";

/** Asks a server that runs elsewhere. */
export type RemoteRequest = (path: string, init?: RequestInit) => Promise<Response>;

const MAX_WAIT_MS = 60_000;
const MAX_WAITS = 5;
const UNTOLD_WAIT_MS = 2000;
const ANSWER_MS = 30_000;
/** The record of a long call is far less. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Lasts as long as the rehearsal. */
const STREAM = "/api/events";

/** Reads `--against`. Throws a `TypeError` that says what is wrong. */
export function readOrigin(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`--against must be an address such as https://voice.example.com`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError("--against must not have a password in it: keys are given by --key-file");
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new TypeError(`--against must be an address without a path: ${url.origin}`);
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new TypeError(
      "--against must begin with https:// beyond this machine: a key is sent to it",
    );
  }
  return url.origin;
}

/**
 * Asks with a key, and never follows a redirect, which would take the key elsewhere. Where too much was asked it
 * asks again, when the server says. An answer is read to its end, but for the stream of events. Rejects with a
 * `TypeError` that says why nothing answers in time, or that it is more than any server would send.
 */
export function createRemoteRequest(
  { origin, key, signal, answerMs = ANSWER_MS }: {
    readonly origin: string;
    readonly key: string | undefined;
    readonly signal: AbortSignal;
    /** For the whole of an answer. */
    readonly answerMs?: number;
  },
): RemoteRequest {
  return async (path, init = {}) => {
    for (let waits = 0;; waits++) {
      const answer = await ask(path, init);
      if (answer.status !== 429 || waits === MAX_WAITS) return answer;
      const waitMs = retryAfterMs(answer.headers, Date.now()) ?? UNTOLD_WAIT_MS;
      if (waitMs > MAX_WAIT_MS) return answer;
      await answer.body?.cancel();
      await sleep(waitMs, { signal });
      signal.throwIfAborted();
    }
  };

  async function ask(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (key !== undefined) headers.set("Authorization", `Bearer ${key}`);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), answerMs);
    try {
      const answer = await fetch(origin + path, {
        ...init,
        headers,
        redirect: "manual",
        signal: AbortSignal.any([signal, late.signal]),
      });
      if (answer.status < 300 || answer.status >= 400) {
        return answer.ok && path === STREAM ? answer : await wholeOf(origin, answer);
      }
      await answer.body?.cancel();
      throw new TypeError(redirected(origin, answer.headers.get("location")));
    } catch (error) {
      throw new TypeError(whyNot(origin, error, late.signal.aborted ? answerMs : undefined));
    } finally {
      clearTimeout(timer);
    }
  }
}

function redirected(origin: string, location: string | null): string {
  const to = location === null ? undefined : URL.parse(location, origin)?.origin;
  const remedy = to === undefined || to === origin
    ? "give the address of the server itself"
    : `give --against ${to}, if that is yours`;
  return `${origin} answers with a redirect, which would take the key elsewhere: ${remedy}.`;
}

async function wholeOf(origin: string, answer: Response): Promise<Response> {
  const { status, statusText, headers } = answer;
  const text = await boundedText(answer, MAX_ANSWER_BYTES);
  if (text === undefined) {
    throw new TypeError(`${origin} answers with more than ${MAX_ANSWER_BYTES / 1024 / 1024} MB.`);
  }
  return new Response(BODILESS.has(status) ? null : text, { status, statusText, headers });
}

const BODILESS = new Set([101, 204, 205]);

function whyNot(origin: string, error: unknown, lateMs: number | undefined): string {
  if (error instanceof TypeError && error.message.startsWith(`${origin} answers`)) {
    return error.message;
  }
  if (lateMs !== undefined) return `${origin} does not answer within ${lateMs / 1000} s.`;
  if (error instanceof Deno.errors.NotCapable) {
    const { hostname, port, protocol } = new URL(origin);
    const host = `${hostname}:${port === "" ? protocol === "https:" ? 443 : 80 : port}`;
    return `${host} may not be reached: add "${host}" to "net" of permissions.server in deno.json.`;
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
  if (/certificate|UnknownIssuer|tls/i.test(cause)) {
    return `${origin} has no certificate that this machine trusts.`;
  }
  if (/dns|lookup/i.test(cause)) return `There is no host ${new URL(origin).hostname}.`;
  return `Nothing answers at ${origin}. Start the server there, or say where it is with --against.`;
}
