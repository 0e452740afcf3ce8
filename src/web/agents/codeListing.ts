/// <reference lib="dom" />
import { element } from "../elements.ts";
import { t } from "../text.ts";
import { agentFaultText } from "./agentFaultText.ts";
import type { CheckedFile } from "./agentTypes.ts";

/** Shows a text with numbers at its lines, and what is wrong below the lines where it is. */
export function showListing(place: HTMLElement, text: string, checked: CheckedFile): void {
  const faults = faultsOf(checked);
  const rows = text.replace(/\r?\n$/, "").split(/\r?\n/).map((line, at) => {
    const here = faults.filter(({ fault }) => fault.line === at + 1);
    return element("li", { className: here[0]?.kind ?? "" }, [
      element("code", { textContent: line }),
      ...here.map(({ kind, fault }) =>
        element("span", { className: kind, textContent: agentFaultText(fault) })
      ),
    ]);
  });
  place.replaceChildren(element("ol", {}, rows));
}

/** Lists what is wrong; `goTo` is called with a line that is chosen. Without it, only what has no line is listed. */
export function showFaults(
  list: HTMLElement,
  checked: CheckedFile,
  goTo?: (line: number) => void,
): void {
  const faults = faultsOf(checked)
    .filter(({ fault }) => goTo !== undefined || fault.line === null);
  list.hidden = faults.length === 0;
  list.replaceChildren(
    ...faults.map(({ kind, fault }) =>
      element("li", { className: kind }, [
        ...(fault.line === null || goTo === undefined ? [] : [lineButton(fault.line, goTo), " "]),
        agentFaultText(fault),
      ])
    ),
  );
}

/** Problems come before warnings. */
export function faultsOf({ problems, warnings }: CheckedFile) {
  return [
    ...problems.map((fault) => ({ kind: "problem", fault })),
    ...warnings.map((fault) => ({ kind: "warning", fault })),
  ];
}

function lineButton(line: number, goTo: (line: number) => void): HTMLElement {
  return element("button", {
    type: "button",
    textContent: t("Line {line}", { line }),
    onclick: () => goTo(line),
  });
}
