import type { CallRefused } from "../../call/sessionApi.ts";
import type { Agents } from "../../config/agents.ts";
import type { Settings } from "../../config/settings.ts";
import { allows, type ApiKey } from "../../utils/auth.ts";
import { agentRefusal, voicemailText } from "../calls.ts";
import type { KeyCalls } from "../store.ts";
import { type SpokenMessage, spokenMessage } from "../twilioOutbound.ts";
import { type OutboundJob, readJob, requestOf } from "./outboundJob.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import type { Log } from "../../utils/logger.ts";

/** What the agent files say about placed calls. */
export function createAgentRules({ agents, limits }: {
  readonly agents: Agents;
  readonly limits: Pick<Settings["limits"], "transferMs">;
}) {
  return {
    /** Why the agent is unusable, if it is. */
    agentRefusal: (agent: string): CallRefused | undefined =>
      agents.get(agent) === undefined ? agentRefusal(agents, agent) : undefined,
    /** What to leave on a machine; undefined means to hang up. */
    voicemail(job: OutboundJob): SpokenMessage | undefined {
      const agent = agents.get(job.agent);
      if (agent === undefined) return undefined;
      const text = voicemailText(agent, requestOf(job), new Date());
      return text === undefined ? undefined : spokenMessage(agent, text);
    },
    /** How long a call may last after a transfer; 0 where the agent has no transfers. */
    transferMs: (agent: string): number =>
      Object.keys(agents.get(agent)?.transfers ?? {}).length > 0 ? limits.transferMs : 0,
  };
}

/** Why calls of a key are not placed any more. */
export type KeyRefusalCode = "key_removed" | "key_expired" | "key_revoked" | "scope_missing";

/** Why a key may have no more calls placed, if so. */
export type KeyCheck = (keyName: string) => KeyRefusalCode | undefined;

/** Creates the check that is made when a call is dialled: since the request its key may have expired. */
export function createKeyCheck({ keys, isRevoked, now }: {
  /** Those of the settings. */
  readonly keys: readonly ApiKey[];
  readonly isRevoked: (key: ApiKey) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}): KeyCheck {
  return function refusalOf(keyName) {
    const key = keys.find(({ name }) => name === keyName);
    if (key === undefined) return "key_removed";
    if (key.expiresAt !== undefined && key.expiresAt <= now()) return "key_expired";
    if (isRevoked(key)) return "key_revoked";
    return allows(key.scopes, "calls:create") ? undefined : "scope_missing";
  };
}

export interface RevokedKeyDeps {
  readonly keyCalls: KeyCalls;
  readonly callRecords: Pick<PlacedCallRecords, "ended">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Pick<Log, "info" | "warn">;
}

const REVOKED: KeyRefusalCode = "key_revoked";

/**
 * Creates the function that refuses those calls of a revoked key that have not been dialled. Every
 * process runs it, and each call is taken out of the queue by one of them. A call that is queued after
 * that is refused by the check when it is due.
 */
export function createRevokedKeyRefusal(
  { keyCalls, callRecords, now, log }: RevokedKeyDeps,
): (keyName: string) => void {
  return function refuseCallsOf(keyName) {
    refuse(keyName).then(
      (calls) => calls > 0 && log.info("Calls of a revoked key not placed", { keyName, calls }),
      (error) => log.warn("Calls of a revoked key still queued", { keyName, error }),
    );
  };

  async function refuse(keyName: string): Promise<number> {
    const pending = await keyCalls.refusePending(keyName, REVOKED);
    const queued = await keyCalls.claimQueued(keyName, now());
    for (const payload of queued) {
      const job = readJob(payload);
      if (job === undefined) continue;
      callRecords.ended(job, { reason: "not_answered", detail: REVOKED }, "failed");
    }
    return pending + queued.length;
  }
}
