/// <reference lib="dom" />
import type { AgentTitles } from "../apiTypes.ts";
import { element } from "../elements.ts";
import { formatCount, formatDollars } from "../formats.ts";
import { t } from "../text.ts";
import { formatShare } from "./analyticsCharts.ts";
import type { RetentionAnswer, UnheardCost } from "./analyticsTypes.ts";

/** What was spent on speech that nobody heard, in all and by agent. */
export function showUnheardCost(
  { usd, words, unheardWords, byAgent }: RetentionAnswer["unheard"],
  titles: AgentTitles,
): readonly HTMLElement[] {
  const share = words === 0 ? 0 : unheardWords / words;
  const columns = [t("Agent"), t("Words not heard"), t("Share"), t("Cost")];
  return [
    element("p", { className: "unheard-sum" }, [
      element("strong", { textContent: formatDollars(dollarsOf(byAgent, usd)) }),
      " ",
      t(
        "for {count} words, {share} of all that agents said; an estimate by the words of each call",
        {
          count: formatCount(unheardWords),
          share: formatShare(share),
        },
      ),
    ]),
    element("div", {
      className: "chart-table",
      tabIndex: 0,
      role: "region",
      ariaLabel: t("By agent"),
    }, [
      element("table", {}, [
        element("thead", {}, [
          element(
            "tr",
            {},
            columns.map((textContent) => element("th", { scope: "col", textContent })),
          ),
        ]),
        element(
          "tbody",
          {},
          byAgent.map((each) =>
            element("tr", {}, [
              element("th", { scope: "row", textContent: titles.get(each.agent) ?? each.agent }),
              ...[
                formatCount(each.unheardWords),
                formatShare(each.words === 0 ? 0 : each.unheardWords / each.words),
                formatDollars(dollarsOf([each], each.usd)),
              ].map((textContent) => element("td", { textContent })),
            ])
          ),
        ),
      ]),
    ]),
  ];
}

/** Null where the price of all that was not heard is unknown. */
function dollarsOf(agents: readonly UnheardCost[], usd: number): number | null {
  return usd === 0 && agents.some(({ unpricedAudio }) => unpricedAudio > 0) ? null : usd;
}
