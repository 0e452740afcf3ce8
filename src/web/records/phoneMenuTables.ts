/// <reference lib="dom" />
import type { CallDetail } from "../apiTypes.ts";
import { formatDuration } from "../formats.ts";
import { foldedTable } from "./recordTables.ts";
import { t } from "../text.ts";

/** The way through phone menus, and the times on hold; empty for calls without any. */
export function phoneMenuTables(
  { phoneMenu }: Pick<CallDetail, "phoneMenu">,
): readonly HTMLElement[] {
  if (phoneMenu === null) return [];
  const { steps, holds, holdMs, withheldMs } = phoneMenu;
  const tables: HTMLElement[] = [];
  if (steps.length > 0) {
    tables.push(foldedTable(
      t("Phone menus: {count}", { count: steps.length }),
      [t("Heard"), t("Pressed"), t("At")],
      steps.map((
        { heard, keys, atMs },
      ) => [heard || t("(no words)"), keys ?? "", formatDuration(atMs)]),
      t("What the far end's menus said, and the keys that the agent pressed then."),
    ));
  }
  if (holds.length > 0) {
    tables.push(foldedTable(
      t("On hold: {duration}", { duration: formatDuration(holdMs) }),
      [t("From"), t("To"), t("Not sent to the model")],
      holds.map((hold) => [
        formatDuration(hold.fromMs),
        hold.toMs === null ? "" : formatDuration(hold.toMs),
        formatDuration(hold.withheldMs),
      ]),
      t(
        "Music played for {duration} of it, and was not sent to the model: the model cost nothing then, the phone line did. What that has saved is not worked out.",
        { duration: formatDuration(withheldMs) },
      ),
    ));
  }
  return tables;
}
