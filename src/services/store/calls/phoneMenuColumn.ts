import { isRecord } from "../../../utils/isRecord.ts";
import { present } from "../../../utils/present.ts";
import type { Row } from "../database.ts";
import { readableJson } from "../row.ts";

/** What a call has had of phone menus; times since it began. */
export interface PhoneMenuRecord {
  readonly steps: readonly PhoneMenuStep[];
  readonly holds: readonly HoldSpan[];
}

export interface PhoneMenuStep {
  readonly atMs: number;
  /** Empty where it is not known in words. */
  readonly heard: string;
  /** How often the same was heard until then. */
  readonly times: number;
  readonly keys?: string | undefined;
}

export interface HoldSpan {
  readonly fromMs: number;
  /** Absent while it lasts. */
  readonly toMs?: number | undefined;
  /** So much of the line's audio was not sent to the model. */
  readonly withheldMs: number;
}

/** Undefined for calls that have met none. */
export function phoneMenuOf(row: Row): PhoneMenuRecord | undefined {
  const stored = readableJson(row, "phone_menu");
  if (!isRecord(stored)) return undefined;
  return { steps: listOf(stored.steps, stepOf), holds: listOf(stored.holds, holdOf) };
}

function stepOf(value: Record<string, unknown>): PhoneMenuStep | undefined {
  const { atMs, heard, times, keys } = value;
  if (typeof atMs !== "number" || typeof heard !== "string" || typeof times !== "number") {
    return undefined;
  }
  return { atMs, heard, times, ...present({ keys: typeof keys === "string" ? keys : undefined }) };
}

function holdOf(value: Record<string, unknown>): HoldSpan | undefined {
  const { fromMs, toMs, withheldMs } = value;
  if (typeof fromMs !== "number" || typeof withheldMs !== "number") return undefined;
  return {
    fromMs,
    withheldMs,
    ...present({ toMs: typeof toMs === "number" ? toMs : undefined }),
  };
}

function listOf<T>(
  value: unknown,
  read: (value: Record<string, unknown>) => T | undefined,
): readonly T[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => (isRecord(each) ? read(each) : undefined) ?? []);
}
