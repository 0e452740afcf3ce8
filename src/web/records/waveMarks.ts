import type { CallDetail } from "../apiTypes.ts";
import { beganAt } from "../moments/beganAt.ts";
import { t } from "../text.ts";

/** In the order of the legend. */
export const markKinds = ["cut", "unheard", "tool", "transfer", "silent"] as const;
export type MarkKind = (typeof markKinds)[number];

/** Something that is marked in the picture of a recording; times count from the beginning of the call. */
export interface WaveMark {
  readonly kind: MarkKind;
  readonly fromMs: number;
  readonly toMs: number;
  /** For a mark on one side alone. */
  readonly side?: "caller" | "agent";
}

/** What each kind is called in the legend. */
export const markNames: Readonly<Record<MarkKind, string>> = {
  cut: t("Cut off"),
  unheard: t("Not heard"),
  tool: t("Tool"),
  transfer: t("Transfer"),
  silent: t("Paused or blacked out"),
};

/** A word takes about this long: an unheard text has no length of its own. */
const WORD_MS = 350;
const MOST_UNHEARD_MS = 8000;

/** Where the agent was cut off and what was left unheard, its tools, transfers, and what was not recorded. */
export function waveMarks(call: CallDetail, durationMs: number): readonly WaveMark[] {
  const began = beganAt(call);
  const since = (time: string) => Math.max(0, Date.parse(time) - began);
  const marks: WaveMark[] = [];
  call.turns.forEach(({ role, interrupted, unheard, startedMs, endedMs }) => {
    if (role !== "agent") return;
    const at = endedMs ?? startedMs;
    if (interrupted) marks.push({ kind: "cut", fromMs: at, toMs: at, side: "agent" });
    if (unheard !== null && unheard !== "") {
      const lengthMs = Math.min(unheard.split(/\s+/).length * WORD_MS, MOST_UNHEARD_MS);
      marks.push({ kind: "unheard", fromMs: at, toMs: at + lengthMs, side: "agent" });
    }
  });
  for (const { startedMs, result } of call.tools) {
    marks.push({ kind: "tool", fromMs: startedMs, toMs: startedMs + (result?.durationMs ?? 0) });
  }
  for (const { requestedAt, ringingAt, overAt } of call.transfers) {
    const from = requestedAt ?? ringingAt;
    if (from === null) continue;
    const toMs = overAt === null ? durationMs : since(overAt);
    marks.push({ kind: "transfer", fromMs: since(from), toMs });
  }
  for (const { kind, fromMs, toMs } of call.recording?.spans ?? []) {
    if (kind === "paused") marks.push({ kind: "silent", fromMs, toMs: toMs ?? durationMs });
  }
  for (const { side, fromMs, toMs } of call.recording?.redactedSpans ?? []) {
    marks.push({ kind: "silent", fromMs, toMs, side });
  }
  return marks;
}
