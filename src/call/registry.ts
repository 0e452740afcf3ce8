import { CallRefused, type CallRegistry, type CallSession, type EndedCall } from "./sessionApi.ts";
import { Session, type SessionOptions, type SessionPorts } from "./session.ts";
import { BoundedMap } from "../utils/boundedMap.ts";
import type { CallEnd, CallRequest, Milliseconds } from "./types.ts";

export interface RegistryOptions {
  readonly maxCalls: number;
  readonly newId: () => string;
  /** Makes ready what one call needs; throws `CallRefused` for an unknown agent. */
  readonly describe: (request: CallRequest) => Pick<SessionOptions, "policy" | "setup">;
  readonly ports: SessionPorts;
  /** A call that no leg has joined by then ends. */
  readonly joinWithinMs?: Milliseconds;
}

const MAX_REMEMBERED = 1000;

/** Keeps the live calls of this process. */
export function createRegistry(
  { maxCalls, newId, describe, ports, joinWithinMs = 120_000 }: RegistryOptions,
): CallRegistry {
  const live = new Map<string, Session>();
  const endings = new BoundedMap<string, EndedCall>(MAX_REMEMBERED);
  let accepting = true;
  let emptied: (() => void) | undefined;

  function open(request: CallRequest, callId: string = newId()): CallSession {
    if (!accepting) throw new CallRefused("draining");
    if (live.size >= maxCalls) throw new CallRefused("full");
    const session = new Session({ id: callId, request, ...describe(request) }, ports);
    live.set(session.id, session);
    const giveUp = ports.setTimer(() => {
      if (session.hasJoined) return;
      session.input({ type: "hangUp", end: { reason: "leg_failed", detail: "never_joined" } });
    }, joinWithinMs);
    session.ended.then((end) => {
      giveUp();
      live.delete(session.id);
      remember(session, end);
      if (live.size === 0) emptied?.();
    });
    session.begin();
    return session;
  }

  function remember(session: CallSession, end: CallEnd): void {
    if (session.callSid === undefined) return;
    endings.set(session.callSid, { id: session.id, request: session.request, end });
  }

  async function drain(deadlineMs: Milliseconds): Promise<void> {
    accepting = false;
    if (live.size === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = ports.setTimer(resolve, deadlineMs);
      emptied = () => {
        cancel();
        resolve();
      };
    });
    const left = [...live.values()];
    for (const session of left) {
      session.input({ type: "hangUp", end: { reason: "server_stopped" } });
    }
    await Promise.all(left.map((session) => session.ended));
  }

  return {
    get size() {
      return live.size;
    },
    get accepting() {
      return accepting && live.size < maxCalls;
    },
    open,
    get: (callId) => live.get(callId),
    byCallSid: (callSid) => [...live.values()].find((session) => session.callSid === callSid),
    endOf: (callSid) => endings.get(callSid),
    list: () => [...live.values()],
    drain,
  };
}
