import { strict as assert } from "node:assert";
import { violationsOf } from "../support/browser/accessibility.ts";
import { browserTestInBoth, browserTests, openPage } from "../support/browser/browser.ts";
import { heardSaying, published, startPhoneRig, voiceOf } from "../support/servers/phoneRig.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { recordingFolder } from "../support/recordedCalls.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

/** Keeps how loud each side is, at most, by what the page's meters measure. */
const KEEP_LEVELS = `
  sessionStorage.setItem("parley.key", ${JSON.stringify(apiKey)});
  const meters = new Map();
  globalThis.loudest = () => [...meters.values()];
  let count = 0;
  globalThis.measured = () => count;
  globalThis.forgetLevels = () => {
    count = 0;
    for (const meter of meters.keys()) meters.set(meter, 0); };
  const measure = AnalyserNode.prototype.getFloatTimeDomainData;
  AnalyserNode.prototype.getFloatTimeDomainData = function (wave) {
    measure.call(this, wave);
    count++;
    const level = Math.sqrt(wave.reduce((sum, one) => sum + one * one, 0) / wave.length);
    meters.set(this, Math.max(meters.get(this) ?? 0, level));
  };`;

browserTests("page: listening in", {
  async "an operator hears both sides of a call, whispers, takes over and stops listening"(
    browser,
  ) {
    await using folder = await recordingFolder();
    await using rig = await startPhoneRig({
      agent: `greeting: Good day, this is Acme.
recording: { consent: none }
transfers: { sales: { number: "+14155550199" } }`,
      ...folder,
      network: { numbers: { "+14155550123": { answer: "busy", afterMs: 20 } } },
    });
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good day/);
    const { page, complaints, close } = await openPage(`${rig.server.origin}/#calls`, {
      browser,
      prepare: KEEP_LEVELS,
    });
    const loudest = () => page.evaluate<number[]>("loudest()");
    const forget = () => page.evaluate("forgetLevels()");
    let move = () => {};
    await page.routeWebSocket(/\/listen$/, (socket) => {
      const server = socket.connectToServer();
      move = () => {
        server.close();
        socket.close({ code: 1012, reason: "moved" });
      };
    });
    try {
      await page.waitForSelector(".live .cost:not(:empty)");
      await page.click(".live a");
      await page.getByRole("button", { name: "Listen in" }).click();
      await page.getByText("You are listening. The caller is not told.").waitFor();
      await published(rig, talk.callId, "listeningStarted", ({ by }) => by === "ops");
      await page.waitForSelector("#call-transcript .note:has-text('ops listens in.')");
      assert.deepEqual(await violationsOf(page), []);
      await talk.phone.speak(voiceOf(1500));
      const [caller = 0] = await until(loudest, ([caller = 0]) => caller > 0.02);
      assert.ok(caller < 1);
      await heardSaying(rig, talk.callId, /^I heard you\.$/);
      talk.model.say({ say: "One, two, three, four.", audioMs: 2500 });
      await until(loudest, ([, agent = 0]) => agent > 0.02);

      await page.fill("#say-form input", "Be brief.");
      await page.getByRole("button", { name: "Whisper" }).click();
      await page.getByText("The agent knows it from its next answer on.").waitFor();
      await page.waitForSelector("#call-transcript .line:has-text('to the agent alone')");

      await page.getByRole("button", { name: "Pause recording" }).click();
      await page.getByText("You hear silence: the recording is paused.").waitFor();
      // What was heard before is still played.
      await until(
        async () => {
          await forget();
          await until(() => page.evaluate<number>("measured()"), (count) => count > 5);
          return await loudest();
        },
        (levels) => levels.every((level) => level < 0.001),
      );
      await talk.phone.speak(voiceOf(600));
      await published(
        rig,
        talk.callId,
        "turn",
        ({ turn }) => turn.role === "caller" && turn.final && turn.startedMs > 4000,
      );
      assert.ok((await loudest()).every((level) => level < 0.001), "nothing of the pause is heard");
      await page.getByRole("button", { name: "Resume recording" }).click();
      await page.getByText("You are listening. The caller is not told.").waitFor();

      await page.getByRole("button", { name: "Transfer…" }).click();
      await page.waitForSelector("#transfer-names option:text-is('sales')", { state: "attached" });
      assert.ok(await page.isHidden("#transfer-number"));
      await page.selectOption("#transfer-names", "");
      await page.fill("#transfer-number", "+14155550123");
      await page.locator("#transfer-form button[type=submit]").click();
      await published(rig, talk.callId, "transfer", ({ alias }) => alias === "+14155550123");

      await page.getByRole("button", { name: "Stop listening" }).click();
      await published(rig, talk.callId, "listeningEnded");
      assert.equal(await page.textContent("#listen-note"), "");
      await page.getByRole("button", { name: "Listen in" }).click();
      await page.getByText("You are listening. The caller is not told.").waitFor();
      const { id } = await published(rig, talk.callId, "listeningStarted", () => true);
      // As if the call went on in another process.
      move();
      await until(
        () =>
          rig.events.all.filter(({ event }) => event.type === "listeningStarted" && event.id !== id)
            .length,
        (count) => count === 2,
      );
      await hangUp(talk.phone);
      await page.click("#call-status a");
      await page.waitForSelector("#record .note:has-text('ops listens no more.')");
      assert.deepEqual(complaints, []);
    } finally {
      await close();
    }
  },
}, browserTestInBoth);
