import type { CallLeg } from "../../../src/call/callLeg.ts";
import { type Interruption, runCall } from "./interruptionTrial.ts";

export interface Figures {
  readonly meanMs: number;
  readonly p95Ms: number;
}

/** Lives through calls, one after another, until there have been so many interruptions. */
export function interruptions(
  count: number,
  { seed = 1, reports = "marks" }: {
    readonly seed?: number;
    readonly reports?: CallLeg["reports"];
  } = {},
): readonly Interruption[] {
  const all: Interruption[] = [];
  for (let next = seed; all.length < count; next++) all.push(...runCall(next, reports));
  return all;
}

/** How far from the truth one estimate was, over all truncations. */
export function figures(
  all: readonly Interruption[],
  estimate: "errorMs" | "producedErrorMs" | "markErrorMs" = "errorMs",
): Figures {
  const errors = all.filter(({ errorMs }) => errorMs !== undefined)
    .map((one) => Math.abs(one[estimate] ?? 0))
    .sort((a, b) => a - b);
  const sum = errors.reduce((total, error) => total + error, 0);
  return { meanMs: sum / errors.length, p95Ms: errors[Math.floor(errors.length * 0.95)] ?? NaN };
}
