import { changesOf, likenessOf } from "../recorded/differenceWords.ts";
import type { CallResult, RunReport } from "./runReport.ts";

/** The rest is in the report. */
const MAX_CHANGES = 6;

/** How a call differs from the recorded one of which its scenario was made, in a few lines; none for another call. */
export function sinceRecordedLines({ sinceRecorded }: CallResult): readonly string[] {
  if (sinceRecorded === undefined) return [];
  const changes = changesOf(sinceRecorded);
  const more = changes.length - MAX_CHANGES;
  return [
    likenessOf(sinceRecorded),
    ...changes.slice(0, MAX_CHANGES).map((change) => `  ${change}`),
    ...(more > 0 ? [`  and ${more} more: see the report`] : []),
  ];
}

/** Where differences from recorded calls can come from: one sentence, or none where the report has no such call. */
export function whoAnswers(
  { scenarios, engine }: Pick<RunReport, "scenarios" | "engine">,
): readonly string[] {
  const has = scenarios.some(({ runs }) =>
    runs.some(({ calls }) => calls.some(({ sinceRecorded }) => sinceRecorded !== undefined))
  );
  if (!has) return [];
  return [
    engine === "rehearsal"
      ? "Of recorded calls, the built-in engine repeats what the model said and called then: what differs comes from " +
        "the server, the agent's file and its tools."
      : `Of recorded calls, ${engine} answers anew: what differs may come from the model, too, and another run may ` +
        "differ elsewhere.",
  ];
}
