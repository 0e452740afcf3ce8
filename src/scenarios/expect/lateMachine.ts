import type { LateMoment, Lateness } from "../callEvidence.ts";
import { seconds, type Verdict } from "./verdict.ts";

/**
 * A figure that is beyond its limit by `overMs` says nothing of the server where the machine on which both are
 * rehearsed can have made it as late. A server that keeps the process busy is excused by that as well: the two share
 * one event loop, unless the server runs elsewhere.
 */
export function unlessLate(found: Verdict, overMs: number, lateMs: number): Verdict {
  if (found.state !== "failed" || lateMs < overMs) return { ...found, timing: "told" };
  const why = `but this machine was ${seconds(lateMs)} late then, too busy to tell`;
  return { ...found, state: "skipped", timing: "untold", found: `${found.found}, ${why}` };
}

/** How much later something at the end of a time can be than what it follows from at its beginning. */
export function lateBetween(late: Lateness | undefined, fromMs: number, toMs: number): number {
  return lateBy(late, ({ atMs, lateMs }) => Math.min(atMs, toMs) - Math.max(atMs - lateMs, fromMs));
}

/** How late something can be that was due in a time, or before it and still waited. */
export function lateAbout(late: Lateness | undefined, fromMs: number, toMs: number): number {
  return lateBy(
    late,
    ({ atMs, lateMs }) => atMs > fromMs && atMs - lateMs < toMs ? lateMs : 0,
  );
}

/**
 * What follows from another waits for one thing after the other: the caller's frame, the line there, the end of the
 * turn, the answer, its frame, the line back. Each meets one stall at most, however many there were meanwhile.
 */
const WAITS_IN_A_ROW = 6;

function lateBy(
  { steadyMs, stalls }: Lateness = { steadyMs: 0, stalls: [] },
  lengthOf: (stall: LateMoment) => number,
): number {
  const longest = stalls.map(lengthOf).filter((ms) => ms > 0).toSorted((a, b) => b - a)
    .slice(0, WAITS_IN_A_ROW);
  return longest.reduce((sum, ms) => sum + ms, WAITS_IN_A_ROW * steadyMs);
}
