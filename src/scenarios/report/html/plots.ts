import type { WholeReport } from "../wholeReport.ts";
import { type Dot, dotPlot } from "./dotPlot.ts";
import { lineIdAt, type ListedCall, type ListedRun, runNumber } from "./listedRuns.ts";
import { clockTime } from "./markup.ts";

/** The figures of all calls: answers, cuts, and the longest silences. */
export function plots(
  runs: readonly ListedRun[],
  budgets: WholeReport["budgets"],
): string {
  const limit = (name: string) =>
    budgets.find((budget) => budget.name === name || budget.name === `${name}_worst`)?.limit;
  return [
    dotPlot(
      "Answers: from the caller's last sound to the agent's first",
      dots(runs, "answer", ({ call: { answers } }) => answers),
      limit("answers"),
    ),
    dotPlot(
      "Cuts: from the caller's first sound to the agent's last",
      dots(runs, "cut", ({ call: { cuts } }) => cuts),
      limit("cut"),
    ),
    dotPlot(
      "Dead air: the longest silence of each call",
      dots(runs, "silence", ({ call: { deadAir = [] } }) => [deadAir].flat()),
      limit("dead_air"),
    ),
  ].join("\n");
}

function dots(
  runs: readonly ListedRun[],
  what: string,
  figures: (call: ListedCall) => readonly { readonly atMs: number; readonly ms: number }[],
): readonly Dot[] {
  return runs.flatMap((listed) =>
    listed.calls.flatMap((call, caller) =>
      figures(call).map(({ atMs, ms }, index): Dot => ({
        label: [
          listed.scenario.name,
          ...[runNumber(listed)].filter((text) => text !== ""),
          ...(listed.calls.length > 1 ? [`caller ${caller + 1}`] : []),
          `${what} ${index + 1} at ${clockTime(atMs)}`,
        ].join(", "),
        ms,
        group: listed.scenario.name,
        isFailed: listed.run.state === "failed",
        target: lineIdAt(call, atMs),
      }))
    )
  );
}
