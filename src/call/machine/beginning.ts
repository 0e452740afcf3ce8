import type { Closing } from "../ending/closing.ts";
import type { ResumedCall } from "../resumedCall.ts";
import type { MachineParts } from "./machineParts.ts";
import type { Milliseconds } from "../types.ts";

/** Announces a call that begins, or takes over what an earlier session had of it. */
export function announceCall(
  { policy: { direction, agent }, commands, transcript }: MachineParts,
  closing: Closing,
  resumed: ResumedCall | undefined,
  now: Milliseconds,
): void {
  if (resumed === undefined) return commands.publish({ type: "started", direction, agent });
  const { elapsedMs, connectedMs } = resumed;
  commands.publish({ type: "resumed", direction, agent, afterMs: Math.round(elapsedMs) });
  transcript.entries.restore(resumed);
  if (connectedMs !== undefined) closing.joined(now, connectedMs);
}
