export type { AnalyzeRefusal, CallAnalyses } from "./analysis/openAnalysis.ts";
export { openAnalysis } from "./analysis/openAnalysis.ts";
