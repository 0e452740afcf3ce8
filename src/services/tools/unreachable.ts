/** A service could not be reached, or not to the end of a request. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
  /** The host and its port; nothing else of the address, which may hold arguments. */
  readonly host: string;

  constructor(url: URL, readonly reason: string, cause: unknown) {
    super(`Cannot reach ${url.hostname}: ${reason}`, { cause });
    this.host = `${url.hostname}:${url.port || (url.protocol === "http:" ? "80" : "443")}`;
  }
}

/** Why a connection failed, in the words of an operator. */
export function unreachableReason(error: unknown): string {
  if (!(error instanceof Error)) return UNKNOWN;
  const { cause } = error;
  if ([error, cause].some((each) => each instanceof Deno.errors.NotCapable)) return DENIED;
  const text = `${error.message} ${cause instanceof Error ? cause.message : ""}`;
  return REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? UNKNOWN;
}

const UNKNOWN = "the connection failed";
const DENIED = "its host is not permitted: add it to permissions.server.net in deno.json";

const REASONS: readonly (readonly [RegExp, string])[] = [
  [/Requires net access/, DENIED],
  [/connection refused/i, "connection refused"],
  [/dns error|failed to lookup/i, "its name is not known"],
  [/certificate/i, "its certificate is not valid"],
  [/unreachable|no route/i, "no route to it"],
  [/timed out|timeout/i, "it did not answer in time"],
  [/reset/i, "connection reset"],
];
