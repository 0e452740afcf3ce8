import { isRecord } from "../../../utils/isRecord.ts";
import { present } from "../../../utils/present.ts";
import { readableJson } from "../row.ts";
import type { Row } from "../database.ts";
import type { CallConsent, CallOptOut } from "./callRecord.ts";

/** What the person had agreed to; undefined where that is not known, or cannot be read. */
export function consentOf(row: Row): CallConsent | undefined {
  const consent = readableJson(row, "consent");
  if (!isRecord(consent)) return undefined;
  const { source, at, text } = consent;
  if (typeof source !== "string" || typeof at !== "string") return undefined;
  return { source, at, ...present({ text: typeof text === "string" ? text : undefined }) };
}

/** How the person asked for no more calls, if so. */
export function optOutOf(row: Row): CallOptOut | undefined {
  const optOut = readableJson(row, "opt_out");
  if (!isRecord(optOut)) return undefined;
  const by = (["word", "key", "agent"] as const).find((way) => way === optOut.by);
  const { atMs, words } = optOut;
  if (by === undefined || typeof atMs !== "number") return undefined;
  return { by, atMs, ...present({ words: typeof words === "string" ? words : undefined }) };
}
