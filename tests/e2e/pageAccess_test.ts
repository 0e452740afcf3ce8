import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { violationsOf } from "../support/browser/accessibility.ts";
import { browserTestInBoth, launchBrowser, openPage } from "../support/browser/browser.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { startSampleServer } from "../support/sample/sampleServer.ts";
import { sampleViews } from "../support/sample/sampleViews.ts";

browserTestInBoth(
  "page: every view is accessible, by keyboard, in the dark and on narrow screens",
  async (t) => {
    await using sample = await startSampleServer();
    const liveId = await sample.call();
    const browser = await launchBrowser("silent");
    try {
      const { page, complaints, close } = await openPage(sample.origin, {
        browser,
        reducedMotion: "reduce",
        microphone: "silent",
        prepare: `try { sessionStorage.setItem("parley.key", ${
          JSON.stringify(apiKey)
        }); } catch {}`,
      });
      for (const view of sampleViews({ ...sample, liveId })) {
        // Its own tests look into its shadow root; and nothing is like it a second later.
        if (view.name === "embedded" || view.name === "talk-cut-off") continue;
        await t.step(view.name, async () => {
          await page.emulateMedia({ colorScheme: "light" });
          await page.setViewportSize({ width: 1280, height: 800 });
          await view.open(page, sample.origin);
          await assertNoViolations(page, "light");
          await page.emulateMedia({ colorScheme: "dark" });
          await assertNoViolations(page, "dark");
          await page.setViewportSize({ width: 320, height: 640 });
          await assertNoViolations(page, "narrow");
          assert.equal(await page.evaluate(SIDEWAYS), 0);
          assert.deepEqual(await page.evaluate(CUT_OFF), [], "cut off at the side");
          await assertReachable(page);
          await view.leave?.(page);
        });
      }
      assert.deepEqual(complaints, []);
      await close();
    } finally {
      await browser.close();
    }
  },
);

/** How far the page scrolls to the side; a bar to scroll by takes its room. */
const SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

/** What reaches beyond the screen, and is not in something that scrolls. */
const CUT_OFF = `[...document.querySelectorAll("main:not([hidden]) *")].filter((one) => {
  const box = one.getBoundingClientRect();
  if (!one.checkVisibility() || box.width < 2 || box.right <= innerWidth + 1) return false;
  for (let at = one.parentElement; at; at = at.parentElement) {
    if (at.tagName !== "MAIN" && getComputedStyle(at).overflowX !== "visible") return false;
  }
  return true;
}).map((one) => one.outerHTML.slice(0, 120))`;

async function assertNoViolations(page: Page, where: string): Promise<void> {
  // Links of the navigation that have scrolled away are taken for skip links, to views not loaded yet.
  assert.deepEqual(await violationsOf(page, { without: ["skip-link"] }), [], where);
}

/** Everything that can be used is reached by Tab, and shows that it has the focus. */
async function assertReachable(page: Page): Promise<void> {
  const count = Number(
    await page.evaluate(`(() => {
    const usable = "a[href], button:enabled, input:enabled, select:enabled, textarea:enabled," +
      " summary, [tabindex='0']";
    const shown = [...document.querySelectorAll(usable)].filter((one) =>
      one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true })
    );
    for (const one of shown) one.dataset.unreached = "";
    document.activeElement?.blur();
    getSelection().setPosition(document.body, 0);
    return shown.length;
  })()`),
  );
  assert.ok(count > 0);
  // Firefox shows the focus of the window in front alone.
  await page.bringToFront();
  for (let presses = 0; presses < count + 10; presses++) {
    await page.keyboard.press("Tab");
    const [unmarked, left] = await page.evaluate<readonly [string | null, number]>(REACH);
    assert.equal(unmarked, null, "no visible focus");
    if (left === 0) return;
  }
  assert.deepEqual(
    await page.evaluate(
      `[...document.querySelectorAll("[data-unreached]")].map((one) => one.outerHTML.slice(0, 120))`,
    ),
    [],
    "not reached by Tab",
  );
}

/** What has the focus and does not show it, and how many are still to be reached. */
const REACH = `(() => {
  const at = document.activeElement;
  const isNone = at === null || at === document.body;
  if (!isNone) delete at.dataset.unreached;
  const { outlineStyle, outlineWidth } = isNone ? {} : getComputedStyle(at);
  const isMarked = isNone || outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
  return [
    isMarked ? null : at.outerHTML.slice(0, 120),
    document.querySelectorAll("[data-unreached]").length,
  ];
})()`;
