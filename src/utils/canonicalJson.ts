import { isRecord } from "./isRecord.ts";

/** JSON in which the members of every object are sorted: the same text for the same value. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? "null";
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const names = Object.keys(value).sort();
  // A member may be called `__proto__`.
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}
