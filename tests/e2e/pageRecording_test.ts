import assert from "node:assert/strict";
import { browserTestInBoth, browserTests, openPage } from "../support/browser/browser.ts";
import { savedFile } from "../support/browser/savedFile.ts";
import { detailOf, recordingFolder, stretches } from "../support/recordedCalls.ts";
import { readRecording } from "../support/recordings.ts";
import { heardSaying, published, startPhoneRig, voiceOf } from "../support/servers/phoneRig.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const KEY = `sessionStorage.setItem("parley.key", ${JSON.stringify(apiKey)});`;
const agent = "greeting: Good day, this is Acme.\nrecording: { consent: none }";

browserTests("page: recordings", {
  "page stops a recording for good, once that was confirmed, in the reader's language": async (
    browser,
  ) => {
    await using folder = await recordingFolder();
    await using rig = await startPhoneRig({ agent, ...folder });
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good day/);
    const { page, complaints, close } = await openPage("about:blank", {
      browser,
      locale: "de-DE",
      prepare: `${KEY} localStorage.setItem("parley.language", "de");`,
    });
    try {
      await page.setViewportSize({ width: 320, height: 800 });
      await page.goto(`${rig.server.origin}/#calls/${talk.callId}`);
      await page.click("#stop-recording:text-is('Aufzeichnung beenden …')");
      await page.waitForSelector(
        "#stop-recording-title:text-is('Die Aufzeichnung dieses Gesprächs beenden?')",
      );
      await page.click("#stop-recording-dialog button:text-is('Zurück')");
      const recording = async () => (await detailOf(rig.server, talk.callId)).recording;
      assert.equal((await recording())?.state, "on");
      await page.click("#stop-recording");
      await page.click("#stop-recording-dialog button:text-is('Aufzeichnung beenden')");
      await published(rig, talk.callId, "recording", ({ state }) => state === "stopped");
      await page.waitForSelector(
        "#call-answer:text-is('Das Gespräch wird nicht mehr aufgezeichnet.')",
      );
      for (const button of ["#stop-recording", "#pause-recording"]) {
        await page.waitForSelector(button, { state: "hidden" });
      }
      await hangUp(talk.phone);
      await until(recording, (known) => known?.bytes !== null);
      assert.equal((await recording())?.state, "stopped");
      assert.deepEqual(complaints, []);
    } finally {
      await close();
    }
  },
  "page shows that a call is recorded, pauses it, and plays, saves and deletes the recording":
    async (browser) => {
      await using folder = await recordingFolder();
      await using rig = await startPhoneRig({ agent, ...folder });
      const talk = await rig.ring();
      await heardSaying(rig, talk.callId, /^Good day/);
      const { page, complaints, close } = await openPage("about:blank", {
        browser,
        prepare: KEY,
      });
      try {
        await page.setViewportSize({ width: 390, height: 800 });
        await page.goto(`${rig.server.origin}/#calls/${talk.callId}`);
        await page.waitForSelector("#call-recording:text-is('Recording')");
        await page.click("#pause-recording");
        await page.waitForSelector("#call-recording:text-is('Recording paused')");
        await published(rig, talk.callId, "recording", ({ state }) => state === "paused");
        await page.click("#pause-recording:text-is('Resume recording')");
        await page.waitForSelector("#call-recording:text-is('Recording')");
        await talk.phone.speak(voiceOf(600));
        await heardSaying(rig, talk.callId, /^I heard you/);
        await hangUp(talk.phone);
        await until(
          () => detailOf(rig.server, talk.callId),
          ({ status, recording }) => status === "ended" && recording?.bytes !== null,
        );

        await page.goto(`${rig.server.origin}/#records/${talk.callId}`);
        await page.waitForSelector(".about-recording:has-text('Paused')");
        assert.deepEqual(await page.locator("#record-transcript .note .words").allInnerTexts(), [
          "The recording begins.",
          "The recording is paused.",
          "The recording goes on.",
        ]);
        const { turns } = await detailOf(rig.server, talk.callId);
        const answer = turns.findLast(({ role }: { role: string }) => role === "agent");
        await page.click(`#record-transcript .line:last-child button.at`);
        await page.waitForSelector(".playing button:text-is('Pause')");
        const played = await until(
          async () => Number(await page.getAttribute(".waves", "aria-valuenow")),
          (seconds) => seconds > 0,
        );
        assert.ok(played >= Math.floor(answer.startedMs / 1000), `${played} s`);
        await page.waitForSelector(".waves.drawn");
        const width = Number(await page.evaluate("document.documentElement.scrollWidth"));
        assert.ok(width <= 390, `${width} pixels wide`);

        const saved = readRecording(
          await savedFile(
            page,
            () => page.click("#record-recording button:text-is('Save as WAV')"),
          ),
        );
        assert.ok(stretches(saved.agent).length >= 2);

        await page.click("#record-recording button:text-is('Delete')");
        await page.click("#record-recording button:text-is('Delete for good?')");
        await page.waitForSelector(".about-recording:text-is('It was deleted.')");
        assert.deepEqual([...Deno.readDirSync(folder.dir)], []);
        assert.deepEqual(complaints, []);
      } finally {
        await close();
      }
    },
}, browserTestInBoth);
