/**
 * Twilio's overrides for a request that must not fail: tried again, without a delay, where there is no
 * connection, no answer within 4 s, or a status of 500 and more.
 */
export const PERSISTENT = "#rc=5&rp=ct,rt,5xx&ct=2000&rt=4000&tt=15000";

/**
 * For the voice webhook of a number: a caller hears ringing meanwhile. A refusal (4xx) is not tried again, it
 * would be the same.
 */
export const VOICE_OVERRIDES = "#ct=2000&rt=6000&tt=15000&rc=2&rp=ct,5xx";

/** For status callbacks, which have no fallback, and may arrive twice. */
export const STATUS_OVERRIDES = "#ct=2000&rt=4000&tt=15000&rc=3&rp=ct,rt,5xx";

/** An address without its connection overrides, which are no part of what is asked, and are not signed. */
export function withoutOverrides(url: string): string {
  const at = url.indexOf("#");
  return at < 0 ? url : url.slice(0, at);
}
