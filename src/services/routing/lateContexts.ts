import type { CallRegistry } from "../../call/registry.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import type { EventHub } from "../events.ts";

export interface LateContextsDeps {
  readonly registry: Pick<CallRegistry, "get">;
  readonly events: Pick<EventHub, "subscribe">;
  /** Milliseconds, of any clock that does not go back. */
  readonly now: () => number;
}

const MAX_WAITING = 1000;
/** For a browser that is yet to connect, or a phone that is yet to ring. */
const WAITS_MS = 30_000;

/** Tells agents what becomes known of their calls late: at once, or as soon as the call has a session. */
export function createLateContexts({ registry, events, now }: LateContextsDeps) {
  const waiting = new BoundedMap<string, { readonly text: string; readonly untilMs: number }>(
    MAX_WAITING,
  );
  const subscription = events.subscribe(({ event }) => event.type === "started", ({ callId }) => {
    const known = waiting.get(callId);
    if (known === undefined) return;
    waiting.delete(callId);
    if (now() < known.untilMs) give(callId, known.text);
  }, { maxQueued: 10_000 });

  return {
    arrived(callId: string, text: string): void {
      if (!give(callId, text)) waiting.set(callId, { text, untilMs: now() + WAITS_MS });
    },
    close: (): void => subscription.close(),
  };

  function give(callId: string, text: string): boolean {
    const session = registry.get(callId);
    session?.input({ type: "noteGiven", text });
    return session !== undefined;
  }
}
