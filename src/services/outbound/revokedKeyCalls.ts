import type { KeyCalls } from "../store.ts";
import { readJob } from "./outboundJob.ts";
import type { KeyRefusalCode } from "./keyCheck.ts";
import type { PlacedCallRecords } from "./placedCallRecords.ts";
import type { Log } from "../../utils/logger.ts";

export interface RevokedKeyCallsDeps {
  readonly keyCalls: KeyCalls;
  readonly records: Pick<PlacedCallRecords, "ended">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Pick<Log, "info" | "warn">;
}

const WHY: KeyRefusalCode = "key_revoked";

/**
 * Creates the function that takes back what a revoked key has asked for and what has not been dialled.
 * Every process does it, and each call is taken out of the queue by one of them. What is on its way
 * into the queue meanwhile is refused when its turn comes, and ends the same.
 */
export function createRevokedKeyCalls(
  { keyCalls, records, now, log }: RevokedKeyCallsDeps,
): (keyName: string) => void {
  return function refuseCallsOf(keyName) {
    refuse(keyName).then(
      (calls) => calls > 0 && log.info("Calls of a revoked key not placed", { keyName, calls }),
      (error) => log.warn("Calls of a revoked key still queued", { keyName, error }),
    );
  };

  async function refuse(keyName: string): Promise<number> {
    const pending = await keyCalls.refusePending(keyName, WHY);
    const queued = await keyCalls.takeQueued(keyName, now());
    for (const payload of queued) {
      const job = readJob(payload);
      if (job !== undefined) records.ended(job, { reason: "not_answered", detail: WHY }, "failed");
    }
    return pending + queued.length;
  }
}
