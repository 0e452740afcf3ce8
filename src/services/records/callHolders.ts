import { z } from "zod";
import type { InstanceRpc } from "../cluster.ts";
import type { Clock } from "../../utils/clock.ts";
import { deadline } from "../../utils/deadline.ts";

export interface CallHoldersDeps extends Pick<Clock, "setTimer"> {
  /** Undefined for a call that this process does not hold, or has not ended lately. */
  readonly registry: {
    get(callId: string): unknown;
    byCallSid(callSid: string): unknown;
    endOf(callSid: string): unknown;
  };
  /** Whether its stream is on the way to this process. */
  readonly isAwaited: (callSid: string) => boolean;
  readonly cluster: {
    readonly instanceId: string;
    readonly rpc: Pick<InstanceRpc, "isSingle" | "request" | "handle">;
  };
}

const KIND = "hasCall";
const question = z.object({ callSid: z.string() });
const reply = z.object({ has: z.boolean() });
/** A running process answers within some milliseconds. */
const ANSWER_MS = 1000;

/** Finds out whether another process has a phone call, or has just ended it. */
export function createCallHolders(
  { registry, isAwaited, cluster: { instanceId, rpc }, setTimer }: CallHoldersDeps,
) {
  rpc.handle(KIND, (body) => {
    const { data } = question.safeParse(body);
    return data && { has: hasHere(data.callSid) };
  });

  return {
    hasHere,
    /** True where the process cannot be asked: its heartbeat then decides. */
    async mayHave(holder: string, callSid: string): Promise<boolean> {
      // Of its own calls, a process knows.
      if (holder === instanceId) return false;
      if (rpc.isSingle) return true;
      const answer = deadline(rpc.request(KIND, { callSid }, holder), ANSWER_MS, setTimer);
      return await answer.then((body) => reply.parse(body).has, () => false);
    },
  };

  function hasHere(callSid: string): boolean {
    return isAwaited(callSid) || registry.byCallSid(callSid) !== undefined ||
      registry.endOf(callSid) !== undefined;
  }
}
