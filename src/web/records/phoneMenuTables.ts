/// <reference lib="dom" />
import type { CallDetail } from "../apiTypes.ts";
import { formatDuration } from "../formats.ts";
import { foldedTable } from "./recordTables.ts";

/** The way through phone menus, and the times on hold; empty for calls without any. */
export function phoneMenuTables(
  { phoneMenu }: Pick<CallDetail, "phoneMenu">,
): readonly HTMLElement[] {
  if (phoneMenu === null) return [];
  const { steps, holds, holdMs, withheldMs } = phoneMenu;
  const tables: HTMLElement[] = [];
  if (steps.length > 0) {
    tables.push(foldedTable(
      `Phone menus: ${steps.length}`,
      ["Heard", "Pressed", "At"],
      steps.map((
        { heard, keys, atMs },
      ) => [heard || "(no words)", keys ?? "", formatDuration(atMs)]),
      "What the far end's menus said, and the keys that the agent pressed then.",
    ));
  }
  if (holds.length > 0) {
    tables.push(foldedTable(
      `On hold: ${formatDuration(holdMs)}`,
      ["From", "To", "Not sent to the model"],
      holds.map((hold) => [
        formatDuration(hold.fromMs),
        hold.toMs === null ? "" : formatDuration(hold.toMs),
        formatDuration(hold.withheldMs),
      ]),
      `Music played for ${formatDuration(withheldMs)} of it, and was not sent to the model: the ` +
        "model cost nothing then, the phone line did. What that has saved is not worked out.",
    ));
  }
  return tables;
}
