/// <reference lib="dom" />
import { element } from "../elements.ts";
import { formatCount } from "../formats.ts";
import { t } from "../text.ts";
import { formatShare } from "./analyticsCharts.ts";
import type { HeardLine } from "./analyticsTypes.ts";
import { svg } from "../svg.ts";

/** Words under their falling curve, a mark before each at which callers cut in, and a table behind. */
export function showHeardWords(line: HeardLine, name: string): HTMLElement {
  const { words, times, heard, heardToEnd } = line;
  const summary = t("Heard to the end {count} of {times} times", {
    count: formatCount(heardToEnd),
    times: formatCount(times),
  });
  return element("figure", { className: "box heard-line" }, [
    element("figcaption", {}, [
      element("h3", { textContent: name }),
      element("p", { className: "caption", textContent: `${summary}${mostCut(line)}` }),
    ]),
    element(
      "p",
      { className: "heard-words" },
      words.flatMap((word, at) => [
        wordUnderCurve(line, word, at),
        " ",
      ]),
    ),
    table(line, name),
  ]);

  function wordUnderCurve(
    { cutAfter, hungUpAfter }: HeardLine,
    word: string,
    at: number,
  ): HTMLElement {
    const before = shareOf(at === 0 ? times : heard[at - 1] ?? 0);
    const after = shareOf(heard[at] ?? 0);
    const cut = cutAfter[at] ?? 0;
    const hungUp = hungUpAfter[at] ?? 0;
    const label = cut === 0 ? "" : cutText(cut, hungUp);
    return element("span", { className: "heard-word", title: label }, [
      element("span", {
        className: "cut-mark",
        textContent: cut === 0 ? "" : `▾${formatCount(cut)}`,
      }),
      svg("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" }, [
        svg("polygon", {
          class: "area",
          points: `0,100 0,${height(before)} 25,${height(after)} 100,${height(after)} 100,100`,
        }),
        svg("polyline", {
          class: "line line-0",
          points: `0,${height(before)} 25,${height(after)} 100,${height(after)}`,
        }),
      ]),
      element("span", { textContent: word }),
    ]);
  }

  function shareOf(count: number): number {
    return times === 0 ? 0 : count / times;
  }
}

/** Within the drawing, whose lines are not to be cut at its edges. */
function height(share: number): number {
  return Math.round(960 - 920 * share) / 10;
}

/** Where most of those cut in who did. */
function mostCut({ words, cutAfter }: HeardLine): string {
  const most = Math.max(...cutAfter, 0);
  if (most === 0) return "";
  const at = cutAfter.indexOf(most);
  const where = at === 0
    ? t("before the first word")
    : t("after “{word}”", { word: words[at - 1] ?? "" });
  return t("; most cut in {where}", { where });
}

function cutText(cut: number, hungUp: number): string {
  const cuts = t("{count} cut in here", { count: formatCount(cut) });
  return hungUp === 0 ? cuts : `${cuts}, ${t("{count} hung up", { count: formatCount(hungUp) })}`;
}

function table(
  { words, times, heard, cutAfter, hungUpAfter }: HeardLine,
  name: string,
): HTMLElement {
  const columns = [
    t("Word"),
    t("Heard by"),
    t("Share"),
    t("Cut in before it"),
    t("Of them hung up"),
  ];
  const rows = words.map((word, at) => {
    const count = heard[at] ?? 0;
    return element("tr", {}, [
      element("th", { scope: "row", textContent: word }),
      ...[
        formatCount(count),
        formatShare(times === 0 ? 0 : count / times),
        formatCount(cutAfter[at] ?? 0),
        formatCount(hungUpAfter[at] ?? 0),
      ].map((textContent) => element("td", { textContent })),
    ]);
  });
  return element("details", {}, [
    element("summary", { textContent: t("Show as table") }),
    element("div", { className: "chart-table", tabIndex: 0, role: "region", ariaLabel: name }, [
      element("table", {}, [
        element("thead", {}, [
          element(
            "tr",
            {},
            columns.map((textContent) => element("th", { scope: "col", textContent })),
          ),
        ]),
        element("tbody", {}, rows),
      ]),
    ]),
  ]);
}
