import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type Browser, browserTestInBoth, browserTests } from "../support/browser/browser.ts";
import { heldNothing, SOUND_LAB } from "../support/trials/soundLab.ts";
import { playedOf, speak, type TalkVisit, visitTalk } from "../support/browser/talkVisit.ts";

const LISTENING = "#status:text-is('Listening')";

function visit(browser: Browser, run: (visit: TalkVisit) => Promise<void>): Promise<void> {
  return visitTalk({ browser, prepare: SOUND_LAB }, run);
}

async function note(page: Page, words: string): Promise<void> {
  await page.waitForSelector(`#transcript >> text=${words}`);
}

browserTests("sound of the page", {
  "case 194: interrupted sound is shown, and resumes when the user acts": (browser) =>
    visit(browser, async ({ page, begin, complaints }) => {
      const call = await begin();
      await page.waitForSelector(LISTENING);
      speak(call, "a", 3000);
      await call.until(() => (playedOf(call, "a").at(-1) ?? 0) >= 300);
      await page.evaluate("lab.freeze()");
      await page.waitForSelector("#status:text-is('Sound was interrupted')");
      assert.match(await page.textContent("#sound-problem-text") ?? "", /interrupted the sound/);
      assert.equal(await page.textContent("#remedy"), "Resume sound");
      const heardMs = playedOf(call, "a").at(-1) ?? NaN;
      assert.ok(heardMs < 2500, `${heardMs}`);
      await page.evaluate("lab.thaw(); dispatchEvent(new Event('focus'))");
      await page.waitForSelector(LISTENING);
      assert.ok(await page.isHidden("#sound-problem"));
      await note(page, "Sound was interrupted. It is back.");
      await call.until(() => playedOf(call, "a").includes(3000));
      assert.deepEqual(complaints, []);
    }),

  "case 194: a short interruption ends at once, and is noted": (browser) =>
    visit(browser, async ({ page, begin }) => {
      const call = await begin();
      await page.waitForSelector(LISTENING);
      await page.evaluate("for (const context of lab.contexts) context.suspend()");
      await note(page, "Sound was interrupted. It is back.");
      await page.waitForSelector(LISTENING);
      speak(call, "a", 300);
      await call.until(() => playedOf(call, "a").includes(300));
    }),

  "case 194: contexts that cannot be resumed are rebuilt, and continue where they stopped": (
    browser,
  ) =>
    visit(browser, async ({ page, begin }) => {
      const call = await begin();
      await page.waitForSelector(LISTENING);
      speak(call, "a", 4000);
      await call.until(() => (playedOf(call, "a").at(-1) ?? 0) >= 300);
      await page.evaluate("lab.freeze(); lab.frozen = false");
      await call.until(() => playedOf(call, "a").includes(4000));
      const played = playedOf(call, "a");
      assert.deepEqual(played, played.toSorted((x, y) => x - y));
      await page.waitForSelector(LISTENING);
      const frames = call.frames.length;
      await call.until(() => call.frames.length > frames + 10);

      await page.evaluate(
        "for (const context of lab.contexts) if (context.state !== 'closed') context.close()",
      );
      speak(call, "b", 300);
      await call.until(() => playedOf(call, "b").includes(300));
      await page.waitForSelector(LISTENING);
    }),

  "case 194: a context that reports running while its time stands still is rebuilt": (browser) =>
    visit(browser, async ({ page, begin }) => {
      const call = await begin();
      await page.waitForSelector(LISTENING);
      const before = await page.evaluate(() => lab.contexts.length);
      await page.evaluate("for (const context of lab.contexts) context.still = true");
      await page.waitForFunction((before) => lab.contexts.length >= before + 2, before);
      await page.waitForSelector(LISTENING);
      speak(call, "a", 300);
      await call.until(() => playedOf(call, "a").includes(300));
      assert.deepEqual(await page.evaluate("lab.held()"), { tracks: 1, contexts: 2 });
    }),

  "case 194: speech that arrives while nothing is rendered is not reported as heard": (browser) =>
    visit(browser, async ({ page, begin }) => {
      const call = await begin();
      await page.waitForSelector(LISTENING);
      await page.evaluate("lab.freeze()");
      await page.waitForSelector("#remedy:visible");
      speak(call, "a", 1000);
      await call.until(() => playedOf(call, "a").length > 0);
      call.leg.clear();
      await call.until(() =>
        call.inputs.some((input) => input.type === "rendered" && input.cleared)
      );
      assert.ok(playedOf(call, "a").every((ms) => ms === 0), `${playedOf(call, "a")}`);
      speak(call, "b", 300);
      await page.evaluate("lab.thaw()");
      await page.click("#remedy");
      await call.until(() => playedOf(call, "b").includes(300));
      assert.ok((playedOf(call, "a").at(-1) ?? 0) < 20, `${playedOf(call, "a")}`);
    }),

  "case 194: what is on its way to a slow headset does not count as heard": (browser) =>
    visit(browser, async ({ page, begin }) => {
      await page.evaluate("lab.latency = 0.5");
      const call = await begin();
      speak(call, "a", 400);
      const before = performance.now();
      await call.until(() => playedOf(call, "a").length > 0);
      assert.ok(performance.now() - before > 450);
      await call.until(() => playedOf(call, "a").includes(400));
    }),

  "case 195: a microphone that ends is opened again, and frames flow": (browser) =>
    visit(browser, async ({ page, begin }) => {
      const call = await begin();
      await page.waitForSelector(LISTENING);
      await page.evaluate("lab.endTrack()");
      await note(page, "The microphone is back.");
      await page.waitForSelector(LISTENING);
      const frames = call.frames.length;
      await call.until(() => call.frames.length > frames + 10);
      assert.equal(await page.evaluate("lab.held().tracks"), 1);
      await page.click("#stop");
      await heldNothing(page);
    }),

  "case 195: a missing microphone is shown, and opened when it is plugged in": (
    browser,
  ) =>
    visit(browser, async ({ page, begin }) => {
      const call = await begin();
      await page.waitForSelector(LISTENING);
      await page.evaluate("lab.refusal = 'NotFoundError'; lab.endTrack()");
      await page.waitForSelector("#status:text-is('The microphone is gone')");
      assert.match(
        await page.textContent("#sound-problem-text") ?? "",
        /was disconnected.*or type/,
      );
      assert.equal(await page.evaluate("lab.held().tracks"), 0);
      await page.fill("#text", "I am still here");
      await page.keyboard.press("Enter");
      assert.equal((await call.given("typed")).text, "I am still here");

      await page.click("#remedy");
      await page.waitForFunction(() => lab.asked >= 3);
      await page.waitForSelector("#status:text-is('The microphone is gone')");
      await page.evaluate(
        "lab.refusal = undefined; lab.devicesChange()",
      );
      await page.waitForSelector(LISTENING);
      await note(page, "The microphone is back.");
      const frames = call.frames.length;
      await call.until(() => call.frames.length > frames + 10);
    }),

  "case 195: a microphone that the system mutes is shown, and recovers by itself": (browser) =>
    visit(browser, async ({ page, begin }) => {
      await begin();
      await page.waitForSelector(LISTENING);
      await page.evaluate("lab.muteTrack(true)");
      await page.waitForSelector("#status:text-is('The microphone is on hold')");
      assert.match(
        await page.textContent("#sound-problem-text") ?? "",
        /the agent cannot hear you/,
      );
      await page.evaluate("lab.muteTrack(false)");
      await page.waitForSelector(LISTENING);
      assert.ok(await page.isHidden("#sound-problem"));
      await page.evaluate("lab.muteTrack(true)");
      await page.click("#remedy");
      await page.waitForSelector(LISTENING);
      assert.deepEqual(await page.evaluate("[lab.asked, lab.held().tracks]"), [2, 1]);
    }),

  "case 195: a device that disappears is replaced, and a new one is noted": (browser) =>
    visit(browser, async ({ page, begin }) => {
      await begin();
      await page.waitForSelector(LISTENING);
      await page.evaluate(
        "lab.devices.push({ kind: 'audioinput', deviceId: 'two', label: 'Second' }); lab.devicesChange()",
      );
      await note(page, "Another microphone was connected: Second.");
      assert.equal(await page.evaluate("lab.asked"), 1);
      await page.evaluate("lab.devices.shift(); lab.devicesChange()");
      await note(page, "The microphone is back.");
      await page.waitForSelector(LISTENING);
      assert.deepEqual(await page.evaluate("[lab.asked, lab.held().tracks]"), [2, 1]);
    }),

  "case 195: a microphone whose permission is withdrawn is released, until it is granted": (
    browser,
  ) =>
    visit(browser, async ({ page, begin }) => {
      await begin();
      await page.waitForSelector(LISTENING);
      await page.evaluate("lab.permit('denied')");
      await page.waitForSelector("#status:text-is('The microphone is gone')");
      assert.match(await page.textContent("#sound-problem-text") ?? "", /no longer allowed/);
      assert.equal(await page.evaluate("lab.held().tracks"), 0);
      await page.evaluate("lab.permit('granted')");
      await page.waitForSelector(LISTENING);
      assert.equal(await page.evaluate("lab.held().tracks"), 1);
    }),

  "case 196: a microphone that delivers only zeros leads to a hint": (browser) =>
    visit(browser, async ({ page, begin }) => {
      await page.evaluate("lab.silent = true");
      await begin();
      await page.waitForSelector("#status:text-is('Nothing comes from the microphone')");
      assert.match(await page.textContent("#sound-problem-text") ?? "", /switched on/);
      await page.click("#mute");
      await page.waitForSelector("#status:text-is('You are muted')");
    }),
}, browserTestInBoth);

const REFUSALS: Readonly<Record<string, RegExp>> = {
  NotAllowedError: /microphone was refused/,
  SecurityError: /settings keep the microphone/,
  NotFoundError: /No microphone was found/,
  NotReadableError: /Another program holds/,
  AbortError: /system stopped the microphone/,
  OverconstrainedError: /None of the microphones/,
  TypeError: /gives the page no microphone/,
};

/** The step that fails, which time it is taken, and what is said. */
const STEPS: readonly (readonly [string, number, RegExp])[] = [
  ["context", 1, /could not open its sound output/],
  ["context", 2, /could not start its sound for the microphone/],
  ["module", 1, /plays sound could not be loaded/],
  ["module", 2, /listens to the microphone could not be loaded/],
  ["node", 1, /could not set up its sound output/],
  ["node", 2, /could not connect the microphone/],
];

browserTests("failing starts", {
  "case 197: each refusal of the microphone has its sentence, and leaves nothing open": (browser) =>
    visit(browser, async ({ page, begin }) => {
      await page.waitForSelector("#start:enabled");
      for (const [name, words] of Object.entries(REFUSALS)) {
        await page.evaluate(`lab.refusal = "${name}"`);
        await failStart(page, words);
      }
      await page.evaluate("lab.refusal = undefined");
      await begin();
      await page.waitForSelector(LISTENING);
    }),

  "case 197: each failing step has its sentence, and leaves nothing open": (browser) =>
    visit(browser, async ({ page, begin }) => {
      await page.waitForSelector("#start:enabled");
      for (const [step, nth, words] of STEPS) {
        await page.evaluate(`lab.fails = { ${step}: ${nth} }`);
        await failStart(page, words);
      }
      await begin();
      await page.waitForSelector(LISTENING);
    }),

  "case 197: a microphone of another rate gets a context of that rate": (browser) =>
    visit(browser, async ({ page, begin }) => {
      await page.evaluate("lab.fails = { source: 1 }");
      const call = await begin();
      await page.waitForSelector(LISTENING);
      assert.deepEqual(await page.evaluate("lab.rates"), [24_000, undefined, 16_000]);
      await call.until(() => call.frames.length > 10);
      assert.deepEqual(await page.evaluate("lab.held()"), { tracks: 1, contexts: 2 });
    }),

  "case 197: where no rate works, the microphone is reported and released": (browser) =>
    visit(browser, async ({ page }) => {
      await page.waitForSelector("#start:enabled");
      await page.evaluate("lab.fails = { source: 2, sourceAlways: true }");
      await failStart(page, /cannot use this microphone/);
    }),

  "case 197: a server that refuses token or socket leaves no microphone open": (browser) =>
    visit(browser, async ({ page }) => {
      await page.waitForSelector("#start:enabled");
      await page.route("**/api/web/session", (route) => route.abort());
      await failStart(page, /server does not answer/);
      await page.unroute("**/api/web/session");
      await page.routeWebSocket("**/web", (socket) => socket.close({ code: 1008 }));
      await failStart(page, /did not take this page's token/);
      await page.evaluate("WebSocket = class { constructor() { throw new Error('no'); } }");
      await failStart(page, /could not open the connection/);
    }),
});

async function failStart(page: Page, words: RegExp): Promise<void> {
  await page.click("#start");
  await page.waitForSelector("#problem:not(:empty)");
  assert.match(await page.textContent("#problem") ?? "", words);
  await heldNothing(page);
  assert.ok(await page.isEnabled("#start"));
}

browserTests("broken calls", {
  "case 198: a page that is left gives up its call and releases the microphone": (browser) =>
    visit(browser, async ({ page, begin }) => {
      const call = await begin();
      await page.waitForSelector(LISTENING);
      await page.evaluate(
        "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))",
      );
      // For a moment the call waits: the page may be reloaded.
      assert.deepEqual((await call.given("lost")).end, { reason: "caller_hung_up" });
      await heldNothing(page);
      assert.match(await page.textContent("#status") ?? "", /^The page was left/);
    }),

  "case 198: the page shows why the socket closed, and how to continue": (browser) =>
    visit(browser, async ({ page }) => {
      const WORDS = {
        4001: /goes on in another page/,
        1008: /refused to go on/,
        1011: /went wrong on the server/,
      };
      for (const [code, words] of Object.entries(WORDS)) {
        let hangUp = () => {};
        await page.routeWebSocket("**/web", (socket) => {
          const server = socket.connectToServer();
          socket.onMessage((message) => server.send(message));
          hangUp = () => socket.close({ code: Number(code) });
        });
        await page.waitForSelector("#start:enabled");
        await page.click("#start");
        await page.waitForSelector(LISTENING);
        hangUp();
        await page.waitForSelector("[data-phase=ended]");
        assert.match(await page.textContent("#status") ?? "", words);
        await heldNothing(page);
        assert.equal(await page.textContent("#start"), "Start again");
      }
    }),

  "case 198: a lost network is shown, and its return too": (browser) =>
    visit(browser, async ({ page, begin }) => {
      await begin();
      await page.waitForSelector(LISTENING);
      await page.context().setOffline(true);
      await page.waitForSelector("#status:text-is('The network is gone')");
      await page.context().setOffline(false);
      await page.waitForSelector(LISTENING);
    }),
}, browserTestInBoth);
