import type { CalleeStep, HoldStep } from "./calleePlan.ts";

/** The hold as other steps. */
export function holdSteps({ hold }: HoldStep): readonly CalleeStep[] {
  const { ms, style, everyMs = ms, announcements = [] } = hold;
  const steps: CalleeStep[] = [];
  for (let leftMs = ms, said = 0; leftMs > 0; leftMs -= everyMs) {
    steps.push({ musicMs: Math.min(everyMs, leftMs), ...(style !== undefined && { style }) });
    const announcement = announcements[said++ % Math.max(1, announcements.length)];
    if (leftMs > everyMs && announcement !== undefined) {
      steps.push({ silenceMs: 300 }, announcement, { silenceMs: 300 });
    }
  }
  return steps;
}
