/// <reference lib="dom" />
import { svg } from "../svg.ts";

/** What is drawn over the ground of each layer, within 8 by 8 pixels: layers differ without their colours. */
const STROKES = [
  "",
  "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4",
  "M0,4 h8",
  "M2,2 h.01 M6,6 h.01",
  "M4,0 v8",
  "M-2,6 l4,4 M0,0 l8,8 M6,-2 l4,4",
  "M0,4 h8 M4,0 v8",
  "M0,2 h8 M0,6 h8",
  "M0,0 l8,8 M8,0 l-8,8",
];

/** Puts the fills `url(#layer-0)` and so on into the page, where they are not yet. */
export function provideLayerPatterns(): void {
  if (document.querySelector(".layer-patterns") !== null) return;
  const patterns = STROKES.map((stroke, at) =>
    svg("pattern", { id: `layer-${at}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, [
      svg("rect", { class: `ground ground-${at}`, width: 8, height: 8 }),
      svg("path", { class: "hatching", d: stroke }),
    ])
  );
  // Not within a view: nothing is filled with a pattern of a view that is hidden.
  document.body.append(
    svg("svg", { class: "layer-patterns", width: 0, height: 0, "aria-hidden": "true" }, [
      svg("defs", {}, patterns),
    ]),
  );
}
