/// <reference lib="dom" />
import type { CallDetail, ToolUse } from "./apiTypes.ts";
import type { Moment } from "./moments/moment.ts";
import type { TranscriptView } from "./transcriptView.ts";

/**
 * Shows what a record has of the course of a call: its lines in order, each tool use and moment before the
 * first line that began after it. The positions of the lines begin at `from`.
 */
export function showCourse(
  view: TranscriptView,
  { turns, tools, latencies }: Pick<CallDetail, "turns" | "tools" | "latencies">,
  moments: readonly Moment[],
  from = 0,
): void {
  const besides = [
    ...tools.map((tool) => ({ atMs: tool.startedMs, show: () => showTool(view, tool) })),
    ...moments.map((moment) => ({ atMs: moment.atMs, show: () => view.note(moment.text, moment) })),
  ].sort((a, b) => a.atMs - b.atMs);
  turns.forEach((turn, at) => {
    while (besides[0] !== undefined && besides[0].atMs < turn.startedMs) besides.shift()?.show();
    if (turn.text.trim() !== "" || turn.unheard !== null) {
      view.show({ ...turn, position: from + at });
    }
  });
  for (const { show } of besides) show();
  for (const { turnId: id, ...latency } of latencies) view.showLatency({ id, ...latency });
}

function showTool(view: TranscriptView, tool: ToolUse): void {
  const { id, name, startedMs, result } = tool;
  const message = { type: "tool", id, name, startedMs } as const;
  const content = { arguments: tool.arguments };
  if (result === null) return view.showTool({ ...message, state: "started", content });
  const { ok, output, durationMs } = result;
  view.showTool({
    ...message,
    state: ok ? "done" : isWaiting(output) ? "waits" : "failed",
    durationMs,
    content: { ...content, output },
  });
}

/** Of a tool that was not run, as the caller had to hear or to agree to something first. */
function isWaiting(output: string): boolean {
  return /^\{"(?:status":"confirmation_asked|error":"not_heard)"/.test(output);
}
