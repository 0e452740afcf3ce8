import type { Environment } from "../../../config/settingReader.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";

/** More than the analyses of a scenario's calls cost. */
const ANALYSES_USD = 1;

/** What the analyses of a scenario's calls may cost, of what all scenarios together may; 0 where it expects none. */
export function analysesUsd(
  environment: Environment,
  { expect, maxUsd }: Pick<Scenario, "expect"> & { readonly maxUsd: number },
): number {
  const isAnalysed = environment["ANALYSIS_MODEL"] !== undefined &&
    expect.some(({ type }) => type === "analysis");
  return isAnalysed ? Math.min(ANALYSES_USD, maxUsd) : 0;
}

/**
 * The operator's settings, without the services that a scenario does not need and that cost money: calls are analysed
 * where it expects an analysis, for `analysesUsd` at most, and beside the built-in engine documents are searched by their
 * words alone.
 */
export function withoutUnneeded(
  environment: Environment,
  { isReal, expect, maxUsd }: Pick<Scenario, "expect"> & {
    readonly isReal: boolean;
    readonly maxUsd: number;
  },
): Environment {
  const mostUsd = analysesUsd(environment, { expect, maxUsd });
  const isAnalysed = mostUsd > 0;
  const kept = Object.entries(environment).filter(([name]) =>
    (isAnalysed || !name.startsWith("ANALYSIS_")) &&
    (isReal || !name.startsWith("KNOWLEDGE_EMBEDDINGS_"))
  );
  if (!isAnalysed) return Object.fromEntries(kept);
  const own = environment["ANALYSIS_DAILY_USD"]?.trim() ?? "";
  const isMore = /^(off)?$/i.test(own) || Number(own) > mostUsd;
  // What is no amount stays, and is told as an error of the settings.
  return { ...Object.fromEntries(kept), ANALYSIS_DAILY_USD: isMore ? String(mostUsd) : own };
}
