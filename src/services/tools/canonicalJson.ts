import { isRecord } from "../../utils/isRecord.ts";

/** JSON of which two texts are equal where the values are: without blanks, the names in order. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, each: unknown) =>
      isRecord(each)
        ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0))
        : each,
  ) ?? "null";
}
