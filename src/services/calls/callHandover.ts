import type { CallRegistry } from "../../call/registry.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import { isCallEnd, type SessionEnd } from "../../call/types.ts";
import type { Instances } from "../store.ts";
import type { Log } from "../../utils/logger.ts";
import type { ProcessHandover } from "./processHandover.ts";

export interface CallHandoverDeps {
  readonly registry: Pick<CallRegistry, "list">;
  readonly processHandover: Pick<ProcessHandover, "written">;
  readonly instances: Pick<Instances, "claimCall">;
  readonly instanceId: string;
  /** Sends a phone call on, once; undefined where the carrier need not be told. Absent where there is no phone. */
  readonly tellCarrier?:
    | ((session: CallSession, end: SessionEnd) => Promise<boolean> | undefined)
    | undefined;
  readonly log: Pick<Log, "warn">;
}

/** Holds the calls that a leaving process has let go of, until another one takes them. */
const NOBODY = "nobody";

/**
 * Creates the function that gives all live calls to whichever process goes on with them: each at its next
 * quiet moment, at the latest after `withinMs`. What was said is stored before a caller is sent on. It
 * settles when all are let go of, and may be called again to hurry.
 */
export function createCallHandover(deps: CallHandoverDeps) {
  const { registry, processHandover, instances, instanceId, tellCarrier, log } = deps;

  return async function handOver(withinMs: number): Promise<void> {
    await Promise.all(registry.list().map((session) => handOverOne(session, withinMs)));
  };

  async function handOverOne(session: CallSession, withinMs: number): Promise<void> {
    session.input({ type: "handoverAsked", withinMs });
    const end = await session.ended;
    await tellCarrier?.(session, end);
    if (isCallEnd(end)) return;
    await processHandover.written();
    // From now on another process may claim it, though this one runs for a moment longer.
    await instances.claimCall(session.id, { from: instanceId, to: NOBODY })
      .catch((error) => log.warn("Call not let go of", { callId: session.id, error }));
  }
}
