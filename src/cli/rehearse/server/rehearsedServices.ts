import type { Environment } from "../../../config/settingReader.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";

/**
 * The operator's settings, without the services that a scenario does not need and that cost money: calls are analysed
 * where it expects an analysis, for `maxUsd` at most, and beside the built-in engine documents are searched by their
 * words alone.
 */
export function withoutUnneeded(
  environment: Environment,
  { isReal, expect, maxUsd }: Pick<Scenario, "expect"> & {
    readonly isReal: boolean;
    readonly maxUsd: number;
  },
): Environment {
  const isAnalysed = environment["ANALYSIS_MODEL"] !== undefined &&
    expect.some(({ type }) => type === "analysis");
  const kept = Object.entries(environment).filter(([name]) =>
    (isAnalysed || !name.startsWith("ANALYSIS_")) &&
    (isReal || !name.startsWith("KNOWLEDGE_EMBEDDINGS_"))
  );
  if (!isAnalysed) return Object.fromEntries(kept);
  const own = environment["ANALYSIS_DAILY_USD"]?.trim() ?? "";
  const isMore = /^(off)?$/i.test(own) || Number(own) > maxUsd;
  // What is no amount stays, and is told as an error of the settings.
  return { ...Object.fromEntries(kept), ANALYSIS_DAILY_USD: isMore ? String(maxUsd) : own };
}
