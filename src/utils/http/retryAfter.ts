/** What a `Retry-After` asks for, in milliseconds; undefined without one that can be read. `now` is since 1970. */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const after = headers.get("retry-after") ?? "";
  const waitMs = /^\d{1,9}$/.test(after) ? Number(after) * 1000 : Date.parse(after) - now;
  return waitMs > 0 ? waitMs : undefined;
}
