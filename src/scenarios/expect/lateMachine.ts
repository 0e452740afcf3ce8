import type { LateMoment } from "../callEvidence.ts";
import { seconds, type Verdict } from "./verdict.ts";

/**
 * A figure that is beyond its limit by `overMs` says nothing of the server where the machine on which both are
 * rehearsed was late for as long meanwhile. A server that keeps the process busy is excused by that as well: the two
 * share one event loop, unless the server runs elsewhere.
 */
export function unlessLate(found: Verdict, overMs: number, lateMs: number): Verdict {
  if (found.state !== "failed" || lateMs < overMs) return found;
  const why = `but this machine was ${seconds(lateMs)} late then, too busy to tell`;
  return { ...found, state: "skipped", found: `${found.found}, ${why}` };
}

/** For how long things that were due had to wait in a time. */
export function lateBetween(late: readonly LateMoment[], fromMs: number, toMs: number): number {
  return late.reduce((sum, { atMs, lateMs }) => {
    const overlap = Math.min(atMs, toMs) - Math.max(atMs - lateMs, fromMs);
    return sum + Math.max(0, overlap);
  }, 0);
}

/** For how long things had to wait, of which some were due in a time. */
export function lateAbout(late: readonly LateMoment[], fromMs: number, toMs: number): number {
  return late.filter(({ atMs, lateMs }) => atMs > fromMs && atMs - lateMs < toMs)
    .reduce((sum, { lateMs }) => sum + lateMs, 0);
}
