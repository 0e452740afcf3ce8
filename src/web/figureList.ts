/// <reference lib="dom" />
import { element } from "./elements.ts";

export interface Figure {
  readonly name: string;
  readonly value: string;
  /** What has to be known to read it rightly. */
  readonly note?: string;
}

/** Shows a few figures side by side. */
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
