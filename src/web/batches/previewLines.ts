/// <reference lib="dom" />
import { element } from "../elements.ts";
import { formatCount } from "../formats.ts";
import { t } from "../text.ts";
import type { PreviewedCall } from "./batchTypes.ts";

/** Rows that are shown of each kind. */
const MAX_ROWS = 200;

/** Shows lines of a file in a table, under how many they are; nothing where there are none. */
export function showLines(
  list: HTMLDetailsElement,
  calls: readonly PreviewedCall[],
  { name, label, columns, rowOf }: {
    readonly name: string;
    /** What a screen reader calls the table. */
    readonly label: string;
    /** Those behind the line and the number. */
    readonly columns: readonly string[];
    readonly rowOf: (call: PreviewedCall) => HTMLElement;
  },
): void {
  list.hidden = calls.length === 0;
  const isCut = calls.length > MAX_ROWS;
  const count = formatCount(calls.length);
  const heads = [t("Line"), t("Number"), ...columns];
  list.replaceChildren(
    element("summary", {
      textContent: isCut
        ? t("{name}: {count} (the first {shown} are shown)", { name, count, shown: MAX_ROWS })
        : `${name}: ${count}`,
    }),
    element("div", { className: "batch-table", tabIndex: 0, role: "region", ariaLabel: label }, [
      element("table", {}, [
        element("thead", {}, [
          element("tr", {}, heads.map((textContent) => element("th", { textContent }))),
        ]),
        element("tbody", {}, calls.slice(0, MAX_ROWS).map(rowOf)),
      ]),
    ]),
  );
}
