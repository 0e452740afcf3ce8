import axe from "axe-core";
import type { Page } from "playwright-core";
import { until } from "../until.ts";

/** What axe finds wrong with a page, in its final colours: each rule, and the element that breaks it. */
export async function violationsOf(
  page: Page,
  { without = [] }: {
    /** Rules that do not count. */
    readonly without?: readonly string[];
  } = {},
): Promise<readonly string[]> {
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(axe.source);
  await until(() => page.evaluate(MOVING), (count) => count === 0);
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  return await page.evaluate<readonly string[]>(
    `axe.run({ resultTypes: ["violations"], rules: ${
      JSON.stringify(rules)
    } }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map((node) =>
        [id, node.html, node.failureSummary].join(" ").slice(0, 500))))`,
  );
}

/** How many animations run; the list of a document leaves out those of its shadow roots. */
const MOVING = `(function moving(root) {
  const own = root.getAnimations().filter((one) => one.playState === "running").length;
  const within = [...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => shadowRoot ?? []);
  return within.reduce((sum, shadow) => sum + moving(shadow), own);
})(document)`;
