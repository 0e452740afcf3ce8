import { storableText } from "../columns.ts";
import type { SqlValue } from "../database.ts";
import type { FieldValue } from "./analysis.ts";

/** Selects calls by one value of their analyses. */
export interface AnalysisFilter {
  readonly kind: "field" | "criterion";
  readonly name: string;
  /** As it stands in the record; texts are compared by their first 200 characters. */
  readonly value: string;
}

/** A value as it is stored for filters and counts. */
export function valueKey(value: FieldValue): string {
  return storableText(String(value)).slice(0, MAX_CHARS);
}

/** The condition on `calls`; `bind` gives a value its parameter. */
export function analysisCondition(
  { kind, name, value }: AnalysisFilter,
  bind: (value: SqlValue) => string,
): string {
  return `id IN (SELECT call_id FROM analysis_values WHERE kind = ${bind(kind)}
    AND name = ${bind(name)} AND value = ${bind(valueKey(value))})`;
}

const MAX_CHARS = 200;
