import { z } from "zod";
import type { CallRegistry } from "../../call/registry.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { CallEnd } from "../../call/types.ts";
import type { Clock } from "../../utils/clock.ts";
import { deadline } from "../../utils/deadline.ts";
import type { Log } from "../../utils/logger.ts";
import type { OneAtATime } from "../../utils/oneAtATime.ts";
import { present } from "../../utils/present.ts";
import type { InstanceRpc } from "../cluster.ts";
import type { Recorder } from "../records.ts";
import type { Instances } from "../store.ts";
import type { CallLookup } from "./callLookup.ts";
import type { ProcessHandover } from "./processHandover.ts";
import type { ResumedCalls } from "./resumedCalls.ts";

/** A browser's call, as a client that comes back to it finds it. */
export interface WebCall {
  readonly agent: string;
  /** Name of the API key that began it. */
  readonly keyName?: string;
  /** Absent while the call is live. */
  readonly end?: CallEnd;
}

export interface WebCallsDeps extends Pick<Clock, "setTimer"> {
  readonly registry: Pick<CallRegistry, "get">;
  readonly lookup: Pick<CallLookup, "record">;
  readonly resumedCalls: Pick<ResumedCalls, "read" | "open">;
  readonly processHandover: ProcessHandover;
  /** Of a call's end and its browser's return, one is under way at a time in this process. */
  readonly unlessEnding: OneAtATime;
  readonly recorder: Pick<Recorder, "flush">;
  readonly rpc: InstanceRpc;
  readonly instances: Pick<Instances, "claimCall">;
  readonly instanceId: string;
  readonly log: Pick<Log, "info" | "warn">;
}

const KIND = "releaseCall";
/** A process that holds a call and does not answer is taken for gone: its client waits. */
const RELEASE_MS = 1000;
const LOOK_MS = 1000;

const request = z.object({ callId: z.string() });

export type WebCalls = ReturnType<typeof createWebCalls>;

/**
 * Creates the way back to calls of browsers whose connection broke, whichever process holds them: the
 * one that the client reaches goes on with the call. Also gives calls up to other processes, from now on.
 */
export function createWebCalls(deps: WebCallsDeps) {
  const { registry, lookup, resumedCalls, processHandover, recorder, rpc, instances } = deps;
  const { instanceId, unlessEnding, setTimer, log } = deps;
  const opening = new Map<string, Promise<CallSession | undefined>>();

  rpc.handle(KIND, async (body) => {
    const { data } = request.safeParse(body);
    const session = data && registry.get(data.callId);
    if (session === undefined) return { released: false };
    await release(session);
    return { released: true };
  });

  return {
    /** Rejects where the call is not held here and the store cannot be read. */
    async find(callId: string): Promise<WebCall | undefined> {
      const session = registry.get(callId);
      if (session !== undefined) return session.request;
      const record = await lookup.record(callId);
      if (record?.direction !== "web") return undefined;
      const { agent, keyName, end } = record;
      return { agent, ...present({ keyName, end }) };
    },
    /**
     * The session of a live call, opened here where another process held it; undefined where the call has
     * ended since, or another process is just taking it. `address` is the browser's, for its limits. Throws `CallRefused`.
     */
    open(callId: string, address: string): Promise<CallSession | undefined> {
      const session = registry.get(callId);
      if (session !== undefined) return Promise.resolve(session);
      const begun = opening.get(callId) ??
        unlessEnding(callId, () => takeOver(callId, address)).finally(() => opening.delete(callId));
      opening.set(callId, begun);
      return begun;
    },
    /** The connection of a call is gone: its client may come back by another process. */
    lost(session: CallSession): void {
      // Where processes can ask each other, that one asks.
      if (rpc.isSingle) look(session);
    },
  };

  async function takeOver(callId: string, address: string): Promise<CallSession | undefined> {
    const record = await lookup.record(callId);
    if (record?.direction !== "web" || record.status === "ended") return undefined;
    if (record.instanceId !== instanceId && !rpc.isSingle) {
      await deadline(rpc.request(KIND, { callId }, record.instanceId), RELEASE_MS, setTimer)
        .catch(() => log.info("Holder of a call does not answer", { callId }));
    }
    const stored = await resumedCalls.read(callId);
    if (stored === undefined) return undefined;
    // Of several that a client reaches at a time, one goes on with the call.
    const from = stored.record.instanceId;
    if (!await instances.claimCall(callId, { from, to: instanceId })) return undefined;
    try {
      const session = resumedCalls.open(stored, undefined, { address });
      await processHandover.recordTakenOver();
      return session;
    } catch (error) {
      // Where that fails, the call is found to be without a session.
      await instances.claimCall(callId, { from: instanceId, to: from })
        .catch((error) => log.warn("Call not given back", { callId, error }));
      throw error;
    }
  }

  async function release(session: CallSession): Promise<void> {
    await deadline(recorder.flush(), RELEASE_MS, setTimer)
      .catch((error) => log.warn("Call given up before it was written", { error }));
    processHandover.releaseSession(session);
  }

  function look(session: CallSession): void {
    const cancel = setTimer(async () => {
      if (registry.get(session.id) !== session || session.hasLeg) return;
      const isElsewhere = await processHandover.isHeldElsewhere(session.id).catch(() => false);
      if (isElsewhere && !session.hasLeg) return processHandover.releaseSession(session);
      look(session);
    }, LOOK_MS);
    session.ended.then(cancel);
  }
}
