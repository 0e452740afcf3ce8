import { dialRefusalCodes } from "../spending.ts";
import { keyRefusalCodes } from "./keyRefusal.ts";

const finalRefusals: ReadonlySet<string> = new Set([...keyRefusalCodes, ...dialRefusalCodes]);

/** Whether a call ended by a refusal that another attempt would repeat. */
export function isFinalRefusal(detail: string | undefined): boolean {
  return detail !== undefined && finalRefusals.has(detail);
}
