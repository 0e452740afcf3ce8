import { timingSafeEqual } from "node:crypto";
import { BoundedMap } from "../../utils/boundedMap.ts";

export interface StreamTokensOptions {
  readonly lifetimeMs?: number;
  readonly maxTokens?: number;
}

/** Secrets that let one media stream join one phone call, once. At most `maxTokens`; the oldest go first. */
export class StreamTokens {
  readonly #newToken: () => string;
  readonly #lifetimeMs: number;
  /** By CallSid. */
  readonly #issued: BoundedMap<string, { readonly token: string; readonly untilMs: number }>;

  constructor(
    newToken: () => string,
    { lifetimeMs = 60_000, maxTokens = 10_000 }: StreamTokensOptions = {},
  ) {
    this.#newToken = newToken;
    this.#lifetimeMs = lifetimeMs;
    this.#issued = new BoundedMap(maxTokens);
  }

  /** A new token for a call; an earlier one of the same call becomes invalid. */
  issue(callSid: string, nowMs: number): string {
    this.#issued.delete(callSid);
    const token = this.#newToken();
    this.#issued.set(callSid, { token, untilMs: nowMs + this.#lifetimeMs });
    return token;
  }

  /** Uses a token up. False for one that is unknown, used, expired, or another call's. */
  claim(token: string, callSid: string, nowMs: number): boolean {
    const issued = this.#issued.get(callSid);
    if (issued === undefined || !isSame(issued.token, token)) return false;
    this.#issued.delete(callSid);
    return nowMs < issued.untilMs;
  }

  /** Makes a call's token invalid. */
  revoke(callSid: string): void {
    this.#issued.delete(callSid);
  }
}

function isSame(expected: string, presented: string): boolean {
  const [a, b] = [encoder.encode(expected), encoder.encode(presented)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const encoder = new TextEncoder();
