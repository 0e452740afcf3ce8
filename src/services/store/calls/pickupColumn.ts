import { isRecord } from "../../../utils/isRecord.ts";
import { readableJson } from "../row.ts";
import type { Row } from "../database.ts";
import type { PickupRecord } from "./callRecord.ts";

/** What was found out about who answers; undefined where nothing was, or it cannot be read. */
export function pickupsOf(row: Row): readonly PickupRecord[] | undefined {
  const pickups = readableJson(row, "pickups");
  return Array.isArray(pickups) ? pickups.flatMap(readPickup) : undefined;
}

function readPickup(pickup: unknown): readonly PickupRecord[] {
  if (!isRecord(pickup)) return [];
  const { why, atMs } = pickup;
  const who = (["person", "machine", "screener", "fax"] as const).find((it) => it === pickup.who);
  if (who === undefined || typeof why !== "string" || typeof atMs !== "number") return [];
  return [{ who, why, atMs }];
}
