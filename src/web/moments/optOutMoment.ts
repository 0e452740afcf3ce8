import type { OptOut } from "../apiTypes.ts";
import type { Moment } from "./moment.ts";
import { t } from "../text.ts";

/** That the person who was called wants no more calls, and how they said so. */
export function optOutMoment({ by, words }: Omit<OptOut, "atMs">, atMs: number): Moment {
  const how = by === "key"
    ? t("key {key}", { key: words ?? "" })
    : words == null
    ? t("as the agent understood")
    : t("“{words}”", { words });
  return { id: "optOut", atMs, text: t("The person wants no more calls ({how}).", { how }) };
}
