/// <reference lib="dom" />
import { element } from "../elements.ts";

/** A number of interest, such as the cost of a call. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  /** A remark below the value, such as `no price known`. */
  readonly note?: string;
}

/** Replaces the content of a `<dl>` with figures side by side. */
export function showFigures(list: HTMLElement, figures: readonly Figure[]): void {
  list.replaceChildren(
    ...figures.map(({ name, value, note }) =>
      element("div", {}, [
        element("dt", { textContent: name }),
        element("dd", {}, [
          element("span", { className: "value", textContent: value }),
          ...(note === undefined
            ? []
            : [element("span", { className: "note", textContent: note })]),
        ]),
      ])
    ),
  );
}
