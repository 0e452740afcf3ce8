import { isRecord } from "../utils/isRecord.ts";

/** Whether a value has at least what another has. */
export function isPartOf(wanted: unknown, value: unknown): boolean {
  if (isRecord(wanted)) {
    return isRecord(value) &&
      Object.entries(wanted).every(([name, part]) => isPartOf(part, value[name]));
  }
  if (Array.isArray(wanted)) {
    return Array.isArray(value) && wanted.length === value.length &&
      wanted.every((part, index) => isPartOf(part, value[index]));
  }
  return wanted === value;
}
