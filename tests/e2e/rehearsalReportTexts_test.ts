import assert from "node:assert/strict";
import { differenceOf } from "../../src/scenarios/report/difference.ts";
import type { WholeReport } from "../../src/scenarios/report/wholeReport.ts";
import { violationsOf } from "../support/browser/accessibility.ts";
import { browserTests } from "../support/browser/browser.ts";
import {
  failed,
  humming,
  reportWith,
  runWith,
  said,
  scenarioWith,
} from "../support/scenarios/reports.ts";
import { openAll, position, visitReport } from "../support/scenarios/reportVisit.ts";
import { until } from "../support/until.ts";

const EVIL = `</script></style><img src=x onerror="document.title='broken'">'"\`\${1}\u202e`;

browserTests("the report of a rehearsal with hostile texts", {
  async "takes texts of others for text"(browser) {
    await using visit = await visitReport(hostile(), { browser });
    const { page, asked, complaints } = visit;
    await openAll(page);
    assert.match(await page.title(), /^Rehearsal of/);
    assert.equal(await page.locator("img").count(), 0);
    const [script, style] = await page.evaluate<number[]>(
      "[document.querySelectorAll('script[type=module]').length, document.querySelectorAll('style').length]",
    );
    assert.deepEqual([script, style], [3, 1]);
    for (const place of [".lines li.agent p", ".lines .fault p", ".verdicts .failed p", "h3"]) {
      assert.ok((await page.locator(place).first().innerText()).includes("<img src=x"), place);
    }
    await page.locator(".play").first().click();
    await until(() => position(page), (ms) => ms > 0);
    assert.deepEqual(await violationsOf(page), []);
    assert.equal(asked.length, 1);
    assert.deepEqual(complaints, []);
  },

  async "runs no script but its own, whatever gets into it"(browser) {
    await using visit = await visitReport(hostile(), { browser });
    const ran = await visit.page.evaluate(`(async () => {
      const script = document.createElement("script");
      script.textContent = "globalThis.broken = true";
      document.body.append(script);
      document.body.insertAdjacentHTML("beforeend", "<b onclick='globalThis.broken = true'>x</b>");
      document.body.lastElementChild.click();
      const asked = await fetch("/other").then(() => true, () => false);
      return [globalThis.broken === true, asked];
    })()`);
    assert.deepEqual(ran, [false, false]);
    assert.equal(visit.asked.length, 1);
  },
});

function hostile(): WholeReport {
  const call = {
    endMs: 4500,
    verdicts: [failed(EVIL, { found: EVIL, atMs: 700 })],
    lines: [said("agent", 500, 900, EVIL, EVIL), said("caller", 1000, 1500, EVIL)],
    answers: [{ atMs: 500, ms: 400 }],
    tools: [{ name: EVIL, atMs: 600 }],
    ended: EVIL,
  };
  const report = reportWith(
    [
      scenarioWith(EVIL, [runWith(call)], { title: EVIL, file: EVIL }),
      scenarioWith("a", [{
        state: "failed",
        tookMs: 1,
        error: EVIL,
        calls: [],
      }]),
    ],
    { engine: EVIL, against: EVIL },
  );
  const before = reportWith([scenarioWith(EVIL, [runWith()])], { engine: EVIL });
  return {
    ...{ report, budgets: [], baseline: before, sounds: [[humming(4500)], undefined] },
    difference: differenceOf(before, report),
  };
}
