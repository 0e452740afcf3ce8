import type { OptOut } from "../apiTypes.ts";
import type { Moment } from "./moment.ts";

/** That the person who was called wants no more calls, and how they said so. */
export function optOutMoment({ by, words }: Omit<OptOut, "atMs">, atMs: number): Moment {
  const how = by === "key"
    ? `key ${words ?? ""}`
    : words == null
    ? "as the agent understood"
    : `“${words}”`;
  return { id: "optOut", atMs, text: `The person wants no more calls (${how}).` };
}
