/// <reference lib="dom" />
import { element } from "../elements.ts";
import { t } from "../text.ts";
import { type DiffLine, folded, lineDiff } from "./lineDiff.ts";

/** Shows what differs between two texts; unchanged stretches are folded. */
export function showDiff(place: HTMLElement, before: string, after: string): void {
  const lines = lineDiff(before, after);
  if (lines.every(({ kind }) => kind === "same")) {
    place.replaceChildren(element("p", { textContent: t("There is no difference.") }));
    return;
  }
  const rows = folded(lines).map((piece) =>
    piece.kind === "folded"
      ? element("li", { className: "folded" }, [
        element("details", {}, [
          element("summary", {
            textContent: t("{count} unchanged lines", { count: piece.lines.length }),
          }),
          element("ol", {}, piece.lines.map((text) => rowOf({ kind: "same", text }))),
        ]),
      ])
      : rowOf(piece)
  );
  place.replaceChildren(element("ol", { className: "diff" }, rows));
}

function rowOf({ kind, text }: DiffLine): HTMLElement {
  const name = kind === "gone" ? "del" : kind === "new" ? "ins" : "span";
  return element("li", { className: kind }, [element(name, { textContent: text })]);
}
