import assert from "node:assert/strict";
import { differenceOf } from "../../src/scenarios/report/difference.ts";
import type { WholeReport } from "../../src/scenarios/report/wholeReport.ts";
import { violationsOf } from "../support/browser/accessibility.ts";
import {
  browserTest,
  browserTestInBoth,
  browserTests,
  openPage,
} from "../support/browser/browser.ts";
import {
  failed,
  held,
  humming,
  reportWith,
  runWith,
  said,
  scenarioWith,
} from "../support/scenarios/reports.ts";
import { openAll, position, visitReport } from "../support/scenarios/reportVisit.ts";
import { makeRehearsalFolder, shortScenario } from "../support/scenarios/rehearseTask.ts";
import { until } from "../support/until.ts";

const lines = [
  said("agent", 500, 2000, "A haircut costs forty dollars,", "and is free of charge."),
  said("caller", 1900, 2600, "Goodbye."),
  said("agent", 3400, 4000, "Thank you."),
];
const talk = runWith({
  endMs: 4500,
  verdicts: [held("heard forty"), failed("heard free of charge", { atMs: 2000, line: 9 })],
  answers: [{ atMs: 3520, ms: 800 }],
  cuts: [{ atMs: 1900, ms: 100 }],
  deadAir: { atMs: 2600, ms: 800 },
  tools: [{ name: "price_list", atMs: 450, ok: false }],
  ended: "agent_hung_up",
  lines,
});
const quiet = runWith({ endMs: 4500, lines, answers: [{ atMs: 3400, ms: 500 }] });
const before = reportWith([
  scenarioWith("prices", [quiet]),
  scenarioWith("hours", [runWith({ verdicts: [failed("ended")] })]),
]);
const report = reportWith([scenarioWith("prices", [talk]), scenarioWith("hours", [quiet, quiet])]);
const sounds = [[humming(4500)], [humming(4500)], undefined];
const whole: WholeReport = {
  ...{ report, baseline: before, sounds },
  difference: differenceOf(before, report),
  budgets: [{ name: "answers", limit: 600, is: 800, isKept: false }],
};

/** Keeps what is played, and how loud. */
const LISTEN = `globalThis.played = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (when, offset) {
  const loudest = Math.max(...this.buffer.getChannelData(0).subarray(8000, 8800));
  played.push({ offset, loudest, seconds: this.buffer.duration });
  return start.call(this, when, offset);
};
globalThis.gains = [];
globalThis.GainNode = class extends GainNode {
  constructor(...options) {
    super(...options);
    gains.push(this);
  }
};`;

browserTests("the report of a rehearsal", {
  async "is whole in one file, and has nothing for axe to complain of, in light and dark"(browser) {
    for (const colorScheme of ["light", "dark"] as const) {
      await using visit = await visitReport(whole, { browser, colorScheme });
      const { page, asked, complaints } = visit;
      await page.locator("summary").nth(1).click();
      assert.deepEqual(await violationsOf(page), []);
      assert.deepEqual(asked.length, 1);
      assert.deepEqual(complaints, []);
      const paper = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      assert.equal(paper, colorScheme === "dark" ? "rgb(14, 20, 18)" : "rgb(246, 248, 247)");
    }
  },

  async "fits a window of 320 px"(browser) {
    await using visit = await visitReport(whole, {
      browser,
      viewport: { width: 320, height: 700 },
    });
    await openAll(visit.page);
    const widest = await visit.page.evaluate<number>("document.documentElement.scrollWidth");
    assert.ok(widest <= 320, String(widest));
  },

  async "says what came of it, what has changed and by how much"(browser) {
    await using visit = await visitReport(whole, { browser });
    const { page } = visit;
    assert.match(await page.title(), /2 of 3 passed/);
    const changes = page.locator("section", { hasText: "Since the baseline" });
    const told = (await changes.locator("li").allInnerTexts()).map((text) =>
      text.replaceAll(/\s+/g, " ").trim()
    );
    assert.deepEqual(told.slice(0, 2), [
      "Now fails prices (100% to 0%) heard free of charge",
      "Mended hours (0% to 100%)",
    ]);
    assert.match(told[2] ?? "", /^Longer answers: .*worst 0\.50 s to 0\.80 s \(\+0\.30 s\)/);
    const row = page.getByRole("row", { name: /^prices/ });
    assert.match((await row.innerText()).replaceAll(/\s+/g, " "), /0 of 1 0\.80 s \+0\.30 s/);
    const call = page.locator("#call-1");
    assert.equal(await call.locator("s").innerText(), "and is free of charge.");
    const spoken = (await call.locator(".lines li").allInnerTexts())
      .map((text) => text.replaceAll(/\s+/g, " "));
    assert.equal(spoken[0], "0:00.5 Tool price_list, which failed");
    assert.ok(spoken.includes("0:03.4 Agent Thank you. after 0.80 s"), spoken.join("\n"));
    assert.ok(spoken.includes("0:01.9 Caller Goodbye. breaks in, silent after 0.10 s"));
    assert.equal(spoken.at(-1), "0:04.5 End agent_hung_up");
    assert.equal(await call.locator("code").innerText(), "scenarios/prices.yaml:9");
    assert.ok(await page.getByText("The sound of this call was not kept.").count() === 1);
    assert.ok(await page.getByText("answers 0.60 s: is 0.80 s").isVisible());
  },

  async "plays both sides, shows where it is, and mutes either"(browser) {
    await using visit = await visitReport(whole, { browser, prepare: LISTEN });
    const { page, complaints } = visit;
    const call = page.locator("#call-1");
    await call.getByRole("button", { name: "Play", exact: true }).click();
    await until(() => position(page), (ms) => ms > 300);
    const heads = await call.locator(".head").getAttribute("x1");
    assert.ok(Number(heads) > 0, "the line has moved");
    const played = await page.evaluate<Played[]>("played");
    assert.deepEqual(played.map(({ offset, seconds }) => [offset, seconds]), [[0, 4.5], [0, 4.5]]);
    const [caller, agent] = played.map(({ loudest }) => Math.round(loudest * 32_768));
    assert.ok(
      Math.abs(caller! - 4000) < 150 && Math.abs(agent! - 16_000) < 600,
      `${caller} ${agent}`,
    );
    await call.getByRole("button", { name: "Caller" }).click();
    assert.deepEqual(await page.evaluate("gains.map(({ gain }) => gain.value)"), [0, 1]);
    await until(
      () => call.locator("li.now").allInnerTexts(),
      (texts) => texts.some((text) => text.includes("forty dollars")),
    );
    await call.getByRole("button", { name: "Pause" }).click();
    const stopped = await position(page);
    await page.evaluate(
      "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
    );
    assert.equal(await position(page), stopped);
    assert.deepEqual(complaints, []);
  },

  async "seeks by the waveform, by keys and by lines of the conversation"(browser) {
    await using visit = await visitReport(whole, { browser, prepare: LISTEN });
    const { page } = visit;
    const call = page.locator("#call-1");
    const slider = call.getByRole("slider", { name: "Position" });
    const box = await slider.boundingBox();
    await slider.click({ position: { x: box!.width / 2, y: 20 } });
    assert.ok(Math.abs(await position(page) - 2250) <= 100, String(await position(page)));
    assert.match(await slider.getAttribute("aria-valuetext") ?? "", /^0:02\.[23] of 0:04\.5$/);
    await page.keyboard.press("Home");
    assert.equal(await position(page), 0);
    await page.keyboard.press("ArrowRight");
    assert.equal(await position(page), 100);
    await call.getByRole("button", { name: "Play from 0:03.4" }).first().click();
    await until(() => page.evaluate<Played[]>("played"), (all) => all.length === 2);
    assert.equal((await page.evaluate<Played[]>("played"))[0]?.offset, 3.4);
    await until(() => call.locator(".time").innerText(), (text) => text === "0:04.5 of 0:04.5");
    assert.equal(await call.locator(".play").innerText(), "Play");
  },

  async "leads from each answer of the plot to its place in its call"(browser) {
    await using visit = await visitReport(whole, { browser });
    const { page } = visit;
    const plot = page.locator(".plot").first();
    const dots = plot.getByRole("link");
    assert.equal(await dots.count(), 3);
    await dots.first().focus();
    const readout = plot.locator(".readout");
    assert.equal(await readout.innerText(), "prices, answer 1 at 0:03.5: 0.80 s");
    await page.keyboard.press("ArrowRight");
    assert.equal(await readout.innerText(), "hours, run 1 of 2, answer 1 at 0:03.4: 0.50 s");
    await page.keyboard.press("Enter");
    const line = page.locator("#call-2-line-3");
    await line.waitFor();
    assert.ok(await line.isVisible(), "the run has been opened");
    assert.match(page.url(), /#call-2-line-3$/);
    await page.locator(".marks a").first().hover();
  },
}, browserTestInBoth);

browserTest("a real rehearsal's report is heard as the caller heard it", async () => {
  await using folder = await makeRehearsalFolder();
  await folder.write("a.yaml", shortScenario("A greeting", "heard: Good evening"));
  assert.equal((await folder.run(["a.yaml", "--html", "a.html"])).code, 1);
  const { page, complaints, close } = await openPage(`file://${folder.path}/a.html`);
  try {
    const call = page.locator("#call-1");
    assert.match(await call.locator(".lines").innerText(), /Hello there\./);
    assert.equal(await call.locator("code").innerText(), "a.yaml:8");
    await call.getByRole("button", { name: "Play", exact: true }).click();
    await until(() => position(page), (ms) => ms > 500);
    assert.ok(await call.locator(".wave path.agent").getAttribute("d") !== "");
    assert.deepEqual(complaints, []);
  } finally {
    await close();
  }
});

interface Played {
  readonly offset: number;
  readonly loudest: number;
  readonly seconds: number;
}
