import type { CriterionResult } from "../apiTypes.ts";
import { t } from "../text.ts";

/** What a criterion of an analysis came to. */
export const VERDICTS: Readonly<Record<CriterionResult, string>> = {
  pass: t("Passed"),
  fail: t("Failed"),
  unknown: t("Not known"),
};

/** A name of an agent's analysis as people read it: `wants_call_back` as `Wants call back`. */
export function wordsOfName(name: string): string {
  const words = name.replaceAll("_", " ").replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value that an analysis has found. */
export function wordsOfValue(value: string | number | boolean): string {
  return typeof value === "boolean" ? value ? t("Yes") : t("No") : String(value);
}
