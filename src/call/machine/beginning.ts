import type { Closing } from "../ending/closing.ts";
import type { ResumedCall } from "../resumedCall.ts";
import type { MachineParts } from "./machineParts.ts";
import type { Milliseconds } from "../types.ts";
import { present } from "../../utils/present.ts";

/** Announces a call that begins, or takes over what an earlier session had of it. */
export function announceCall(
  { policy: { direction, agent, agentVersion }, commands, transcript }: MachineParts,
  closing: Closing,
  resumed: ResumedCall | undefined,
  now: Milliseconds,
): void {
  const who = { direction, agent, ...present({ agentVersion }) };
  if (resumed === undefined) return commands.publish({ type: "started", ...who });
  const { elapsedMs, connectedMs } = resumed;
  commands.publish({ type: "resumed", ...who, afterMs: Math.round(elapsedMs) });
  const lost = resumed.transferred?.lost;
  if (lost !== undefined) {
    commands.publish({ type: "transfer", ...lost, step: "failed", why: "unknown" });
  }
  transcript.entries.restore(resumed);
  if (connectedMs !== undefined) closing.joined(now, connectedMs);
}
