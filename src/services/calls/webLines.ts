import type { CallRegistry } from "../../call/sessionApi.ts";

/** Lines that calls from browsers leave free: a caller by phone has no other way in. */
const PHONE_PERCENT = 20;

/** Whether another call from a browser leaves enough of `maxCalls` lines for phone calls. */
export function hasWebLine(registry: Pick<CallRegistry, "list">, maxCalls: number): boolean {
  const webCalls = registry.list().filter(({ request }) => request.direction === "web").length;
  return webCalls < maxCalls - Math.floor(maxCalls * PHONE_PERCENT / 100);
}
