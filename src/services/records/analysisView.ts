import type { CallAnalysis, CallRecord } from "../store.ts";

/** An analysis as the API and webhooks show it; null where the call has none. */
export function viewAnalysis(
  analysis: CallAnalysis | undefined,
  { cost }: Pick<CallRecord, "cost">,
) {
  if (analysis === undefined) return null;
  const { state, reason, run, result, model, finishedAt } = analysis;
  return {
    state,
    reason: reason ?? null,
    run,
    summary: result?.summary ?? null,
    fields: { ...result?.fields },
    success: { ...result?.success },
    passed: result?.passed ?? null,
    model: model ?? null,
    usd: cost?.parts.analysis ?? null,
    at: finishedAt === undefined ? null : new Date(finishedAt).toISOString(),
  };
}
