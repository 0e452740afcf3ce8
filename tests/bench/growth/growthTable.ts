import { type GrowthPoint, limitsOf, serverShare } from "./growthPoint.ts";

/** In Markdown, to be followed by rows. */
export const GROWTH_HEADER = `${
  row([
    "calls",
    "server",
    "CPU, ms per call-second",
    "x forwarder",
    "of its core",
    "p99, ms",
    "longest, ms",
    "of all rounds",
    "memory, MB",
    "per call",
    "callers' core",
    "callers late, ms",
    "limited by",
  ])
}
${row(Array.from({ length: 13 }, (_, i) => i === 1 || i === 12 ? "---" : "--:"))}`;

export function growthRow(point: GrowthPoint): string {
  const { calls, server } = point;
  if ("refusal" in point) {
    const nothing = Array.from({ length: 10 }, () => "");
    return row([String(calls), server, ...nothing, "takes no more calls"]);
  }
  return row([
    String(calls),
    server,
    point.cpuMsPerCallSecond.toFixed(2),
    Number.isNaN(point.cpuRatio) ? "" : point.cpuRatio.toFixed(2),
    percent(serverShare(point)),
    point.p99Ms.toFixed(1),
    point.maxMs.toFixed(1),
    point.longestMs.toFixed(1),
    point.mb.toFixed(0),
    point.mbPerCall.toFixed(2),
    percent(point.standInsShare),
    point.standInsLateMs.toFixed(1),
    limitsOf(point).map((limit) => `the ${limit}`).join(", "),
  ]);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
