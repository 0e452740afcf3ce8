import { isPersonName, roleOfPerson, type RoleRule } from "../../config/signInRoles.ts";
import { allows, type ApiKey } from "../../utils/auth.ts";
import { scopesOfRole } from "../../utils/keyScopes.ts";
import type { KeyCalls } from "../store.ts";
import { readJob } from "./outboundJob.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import type { Log } from "../../utils/logger.ts";
import type { Clock } from "../../utils/clock.ts";

/** Why calls of a key are not placed any more. */
export const keyRefusalCodes = [
  "key_removed",
  "key_expired",
  "key_revoked",
  "scope_missing",
] as const;
export type KeyRefusalCode = (typeof keyRefusalCodes)[number];

/** Why a key may have no more calls placed, if so. */
export type KeyRefusal = (keyName: string) => KeyRefusalCode | undefined;

/** Creates the check that is made when a call is dialled: since the request its key may have expired. */
export function createKeyRefusal({ keys, rules, isRevoked, now }: {
  /** Those of the settings. */
  readonly keys: readonly ApiKey[];
  /** Who may sign in; absent where nobody may. */
  readonly rules?: readonly RoleRule[] | undefined;
  readonly isRevoked: (key: ApiKey) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}): KeyRefusal {
  return function refusalOf(keyName) {
    if (isPersonName(keyName)) {
      return rules === undefined ? "key_removed" : ofPerson(rules, keyName);
    }
    const key = keys.find(({ name }) => name === keyName);
    if (key === undefined) return "key_removed";
    if (key.expiresAt !== undefined && key.expiresAt <= now()) return "key_expired";
    if (isRevoked(key)) return "key_revoked";
    return allows(key.scopes, "calls:create") ? undefined : "scope_missing";
  };
}

/** Calls of a person are placed after they have gone home. Of groups only a sign-in tells, so they count as they were. */
function ofPerson(rules: readonly RoleRule[], email: string): KeyRefusalCode | undefined {
  if (rules.some(({ who }) => who.kind === "group")) return undefined;
  const role = roleOfPerson(rules, { email, groups: [] });
  if (role === undefined) return "key_removed";
  return allows(scopesOfRole(role), "calls:create") ? undefined : "scope_missing";
}

/** `now` is in milliseconds since 1970. */
export interface RevokedKeyDeps extends Pick<Clock, "now"> {
  readonly keyCalls: KeyCalls;
  readonly callRecords: Pick<PlacedCallRecords, "end">;
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
      callRecords.end(job, { reason: "not_answered", detail: REVOKED }, "failed");
    }
    return pending + queued.length;
  }
}
