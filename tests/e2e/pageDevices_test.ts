import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  type Browser,
  browserTest,
  browserTestInBoth,
  browserTests,
} from "../support/browser/browser.ts";
import { playedOf, speak, type TalkVisit, visitTalk } from "../support/browser/talkVisit.ts";
import { heldNothing, SOUND_LAB } from "../support/trials/soundLab.ts";

/** With a second microphone and a headset. */
const DEVICES = `${SOUND_LAB}
lab.devices.push(
  { kind: "audioinput", deviceId: "two", label: "Second" },
  { kind: "audiooutput", deviceId: "ear", label: "Headset" },
);`;

function visit(browser: Browser, run: (visit: TalkVisit) => Promise<void>): Promise<void> {
  return visitTalk({ browser, prepare: DEVICES }, run);
}

async function note(page: Page, words: string): Promise<void> {
  await page.waitForSelector(`#transcript >> text=${words}`);
}

/** Holds or lets go of the space bar where that has no other meaning. */
async function space(page: Page, change: "down" | "up"): Promise<void> {
  await page.focus("#transcript");
  await page.keyboard[change]("Space");
}

browserTests("devices and push-to-talk", {
  "a microphone that is chosen in a call is used at once, and remembered": (browser) =>
    visit(browser, async ({ page, begin }) => {
      const call = await begin();
      await page.click("#sound-toggle");
      await page.selectOption("#choose-microphone", "two");
      await page.waitForFunction(() => lab.asked === 2 && lab.held().tracks === 1);
      const frames = call.frames.length;
      await call.until(() => call.frames.length > frames + 20);
      assert.deepEqual(await page.evaluate("lab.wanted"), [undefined, "two"]);

      await page.evaluate("lab.refusal = 'NotReadableError'");
      await page.selectOption("#choose-microphone", "one");
      await note(page, "Another program holds the microphone.");
      assert.equal(await page.inputValue("#choose-microphone"), "two");
      const after = call.frames.length;
      await call.until(() => call.frames.length > after + 20);

      await page.evaluate("lab.refusal = undefined");
      await page.click("#stop");
      await heldNothing(page);
      await page.reload();
      await begin();
      assert.deepEqual(await page.evaluate("lab.wanted"), ["two"]);
    }),

  "the loudspeaker and the volume are changed in a call, and begin the next": (browser) =>
    visit(browser, async ({ page, begin }) => {
      const call = await begin();
      await page.click("#sound-toggle");
      await page.selectOption("#choose-speaker", "ear");
      await page.waitForFunction("lab.sinks.length === 1");
      await page.fill("#volume", "40");
      speak(call, "a", 300);
      await call.until(() => playedOf(call, "a").includes(300));
      await page.click("#stop");
      await heldNothing(page);
      await begin();
      assert.deepEqual(await page.evaluate("lab.sinks"), ["ear", "ear"]);
      const kept = await page.evaluate("localStorage.getItem('parley.sound')");
      assert.equal(JSON.parse(String(kept)).volume, 0.4);
    }),

  "with push-to-talk nothing is sent until the button or the space bar is held": (browser) =>
    visit(browser, async ({ page, begin, complaints }) => {
      await page.waitForSelector("#start:enabled");
      await page.click("#sound-fold summary");
      await page.check("#push-to-talk");
      const call = await begin();
      await page.waitForSelector("#status:text-is('Hold the button or the space bar to talk')");
      assert.ok(await page.isHidden("#mute"));
      speak(call, "a", 600);
      await call.until(() => playedOf(call, "a").includes(600));
      assert.equal(call.frames.length, 0);

      await space(page, "down");
      await page.waitForSelector("#hold[aria-pressed=true]");
      await call.until(() => call.frames.length > 20);
      await space(page, "up");
      await call.given("turnCommitted");
      const frames = call.frames.length;

      await page.focus("#text");
      await page.keyboard.type("a b");
      assert.equal(await page.inputValue("#text"), "a b");
      assert.equal(await page.getAttribute("#hold", "aria-pressed"), "false");
      speak(call, "b", 300);
      await call.until(() => playedOf(call, "b").includes(300));
      assert.equal(call.frames.length, frames);

      call.leg.notify({ type: "speaking", who: "agent", on: true });
      await page.waitForSelector("#interrupt:enabled");
      await page.hover("#hold");
      await page.mouse.down();
      await call.given("interruptAsked");
      await call.until(() => call.frames.length > frames + 20);
      await page.mouse.up();
      await call.until(() =>
        call.inputs.filter(({ type }) => type === "turnCommitted").length === 2
      );
      assert.deepEqual(complaints, []);
    }),

  "a press without a word ends no turn": (browser) =>
    visit(browser, async ({ page, begin }) => {
      await page.evaluate("lab.silent = true");
      await page.waitForSelector("#start:enabled");
      await page.click("#sound-fold summary");
      await page.check("#push-to-talk");
      const call = await begin();
      await space(page, "down");
      await call.until(() => call.frames.length > 10);
      await space(page, "up");
      await call.given("turnCleared");
    }),

  "the test before a call hears a microphone that is switched off": (browser) =>
    visit(browser, async ({ page }) => {
      await page.evaluate("lab.silent = true");
      assert.match(await testSound(page), /^No sound arrives/);
      await heldNothing(page);
    }),
}, browserTestInBoth);

browserTest(
  "the test before a call plays back what is said, and says that it is clear",
  () =>
    visitTalk({}, async ({ page, begin, complaints }) => {
      assert.match(await testSound(page), /^You are loud and clear/);
      const call = await begin();
      await call.until(() => call.frames.length > 10);
      assert.deepEqual(complaints, []);
    }),
);

/** Runs the test before a call; returns what it says in the end. */
async function testSound(page: Page): Promise<string> {
  await page.waitForSelector("#start:enabled");
  await page.click("#sound-fold summary");
  await page.click("#echo");
  await page.waitForSelector("#echo:text-is('Stop the test')");
  await page.waitForSelector("#echo:text-is('Test the sound')");
  return await page.textContent("#echo-result") ?? "";
}
