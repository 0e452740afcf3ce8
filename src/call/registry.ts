import { BoundedMap } from "../utils/boundedMap.ts";
import type { CallSession } from "./sessionApi.ts";
import { type AgentDescription, Session, type SessionDependencies } from "./session.ts";
import type { ResumedCall } from "./resumedCall.ts";
import { type CallEnd, type CallRequest, isCallEnd, type Milliseconds } from "./types.ts";

export interface RegistryOptions {
  readonly maxCalls: number;
  readonly newId: () => string;
  /** Makes ready what one call needs; throws `CallRefused` for an unknown agent. */
  readonly describe: (request: CallRequest) => AgentDescription;
  readonly deps: SessionDependencies;
  /** Whether the process is too busy for a new call; those that are under way may still be opened. */
  readonly overloaded?: () => boolean;
  /** A call that no leg has joined by then ends. */
  readonly joinWithinMs?: Milliseconds;
}

export interface EndedCall {
  readonly id: string;
  readonly request: CallRequest;
  readonly end: CallEnd;
}

/** Why a process takes no new call now. */
export type BusyReason = "draining" | "full" | "overloaded";

/** Thrown where no session can be opened; `code` is shown to API clients. */
export class CallRefused extends Error {
  override readonly name = "CallRefused";
  constructor(readonly code: BusyReason | "unknown_agent" | "agent_unusable") {
    super(`Cannot take the call: ${code}`);
  }
}

const MAX_REMEMBERED = 1000;

/** The live calls of this process: admission, lookup, drain. */
export class CallRegistry {
  readonly #options: RegistryOptions;
  readonly #live = new Map<string, Session>();
  readonly #endings = new BoundedMap<string, EndedCall>(MAX_REMEMBERED);
  #draining = false;
  #leaving = false;
  readonly #emptied = Promise.withResolvers<void>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#live.size;
  }

  /** Whether this process takes no more calls because others go on with all of them. */
  get leaving(): boolean {
    return this.#leaving;
  }

  /** Why a new call is to be refused; undefined where it is welcome. */
  get refusal(): BusyReason | undefined {
    if (this.#draining) return "draining";
    if (this.#live.size >= this.#options.maxCalls) return "full";
    return this.#options.overloaded?.() === true ? "overloaded" : undefined;
  }

  /**
   * Starts a call and its model connection; the leg may join later. `callId` is for a call that was
   * known before, `resumed` for one that had a session before. Throws `CallRefused`.
   */
  open(
    request: CallRequest,
    callId: string = this.#options.newId(),
    resumed?: ResumedCall,
  ): CallSession {
    const { maxCalls, describe, deps, joinWithinMs = 120_000 } = this.#options;
    if (this.#draining) throw new CallRefused("draining");
    // A call that is under way is not turned away.
    if (resumed === undefined && this.#live.size >= maxCalls) throw new CallRefused("full");
    const session = new Session(
      { id: callId, request, resumed, describe, ...describe(request) },
      deps,
    );
    this.#live.set(session.id, session);
    const giveUp = deps.setTimer(() => {
      if (session.hasJoined || session.isAway) return;
      session.input({ type: "hangUp", end: { reason: "leg_failed", detail: "never_joined" } });
    }, joinWithinMs);
    session.ended.then((end) => {
      giveUp();
      this.#live.delete(session.id);
      const { id, callSid, request } = session;
      if (callSid !== undefined && isCallEnd(end)) this.#endings.set(callSid, { id, request, end });
      if (this.#draining && this.#live.size === 0) this.#emptied.resolve();
    });
    session.begin();
    return session;
  }

  get(callId: string): CallSession | undefined {
    return this.#live.get(callId);
  }

  byCallSid(callSid: string): CallSession | undefined {
    return this.list().find((session) => session.callSid === callSid);
  }

  /** How a phone call ended, while that is remembered: the carrier asks how to go on. */
  endOf(callSid: string): EndedCall | undefined {
    return this.#endings.get(callSid);
  }

  list(): readonly CallSession[] {
    return [...this.#live.values()];
  }

  /** Takes no more calls: those that come are for another process. */
  leave(): void {
    this.#draining = true;
    this.#leaving = true;
  }

  /** Settles when no call is live, once no more are taken. */
  emptied(): Promise<void> {
    return this.#live.size === 0 ? Promise.resolve() : this.#emptied.promise;
  }

  /** Takes no more calls, waits for the live ones, ends those left after `deadlineMs`. */
  async drain(deadlineMs: Milliseconds): Promise<void> {
    this.#draining = true;
    if (this.#live.size === 0) return;
    const patience = Promise.withResolvers<void>();
    const cancel = this.#options.deps.setTimer(patience.resolve, deadlineMs);
    await Promise.race([this.emptied(), patience.promise]);
    cancel();
    const left = this.list();
    for (const session of left) {
      // Whom the carrier has put through talks on, and the next process goes on with the call.
      const isWithPerson = session.isAway || session.transferState === "together";
      const reason = isWithPerson ? "handed_over" : "server_stopped";
      session.input({ type: "hangUp", end: { reason } });
    }
    await Promise.all(left.map((session) => session.ended));
  }
}
