import assert from "node:assert/strict";
import { browserTests, openPage } from "../support/browser/browser.ts";
import { englishOf } from "../support/browser/englishTexts.ts";
import { detailOf } from "../support/recordedCalls.ts";
import { heardSaying, startPhoneRig, voiceOf } from "../support/servers/phoneRig.ts";
import { NOW, visitPage } from "../support/servers/pageServer.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

browserTests("page: events and journals", {
  "page shows the first of many events, more when asked, and finds among all of them": (browser) =>
    visitPage({ browser, hash: "#calls" }, async ({ page, remember, events, go, complaints }) => {
      const callId = "call_long";
      await remember({ id: callId, startedAt: NOW }, {});
      for (let at = 0; at < 150; at++) {
        events.publish(callId, {
          type: "toolStarted",
          toolCallId: `tool_${at}`,
          name: "look",
          arguments: "{}",
        });
      }
      events.publish(callId, { type: "ended", end: { reason: "caller_hung_up" }, durationMs: 1 });
      await go(`records/${callId}`);
      await page.click("#record-course summary:text-is('Events')");
      const told = (text: string) =>
        page.locator("#record-course [role=status]").getByText(text, { exact: true }).waitFor();
      const shown = page.locator("#record-course .events > li");
      await told("151 events, of which the first 100 are shown.");
      assert.equal(await shown.count(), 100);
      await page.click("#record-course button:text-is('Show more')");
      await told("151 events");
      assert.equal(await shown.count(), 151);
      assert.ok(await page.locator("#record-course .older").isHidden());
      const search = page.locator("#record-course input[type=search]");
      const searches = [
        ["TOOL_1", "61 events"],
        ["tool_14", "11 events"],
        ["tool_2", "11 events"],
        ["no such", "0 events"],
      ] as const;
      for (const [text, found] of searches) {
        await search.fill(text);
        await told(found);
      }
      await search.fill("");
      await told("151 events, of which the first 100 are shown.");
      assert.deepEqual(complaints, []);
    }),
  "page lists and filters the events of an ended call, saves its journal and replays it": async (
    browser,
  ) => {
    const dir = await Deno.makeTempDir({ prefix: "journals-" });
    await using rig = await startPhoneRig({
      agent: "greeting: Good day, this is <b>Acme</b>.",
      env: { JOURNAL_DIR: dir },
    });
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good day/);
    await talk.phone.speak(voiceOf(600));
    await heardSaying(rig, talk.callId, /^I heard you/);
    await hangUp(talk.phone);
    const { responses } = await until(
      () => detailOf(rig.server, talk.callId),
      ({ status }) => status === "ended",
    );
    const { page, complaints, close } = await openPage("about:blank", { browser });
    try {
      await page.addInitScript((key: string) => sessionStorage.setItem("parley.key", key), apiKey);
      await page.goto(`${rig.server.origin}/#records/${talk.callId}`);
      await page.waitForSelector("#record-transcript .line");
      assert.ok(responses.length > 0);
      const rows = page.locator("#record-cost .chart tbody tr");
      assert.equal(await rows.count(), responses.length);

      await page.click("#record-course summary:text-is('Events')");
      const events = page.locator("#record-course .events > li");
      await events.first().waitFor();
      const types = await page.locator("#record-course .events summary code").allInnerTexts();
      assert.equal(types[0], "started");
      assert.equal(types.at(-1), "ended");
      await page.fill("#record-course input[type=search]", "<B>acme");
      await until(() => events.count(), (count) => count > 0 && count < types.length);
      const [first] = await page.locator("#record-course .events pre").allTextContents();
      assert.match(first ?? "", /<b>Acme<\/b>/);
      assert.equal(await page.locator("#record-course .events b").count(), 0);
      await events.first().locator("summary").press("Enter");
      await events.first().locator("pre").waitFor();

      await page.click("#record-course summary:text-is('Journal and replay')");
      await page.click("#record-course button:text-is('Replay')");
      await page.waitForSelector("#record-course .same");
      assert.match(
        await page.locator(".outcome").innerText(),
        new RegExp(`${talk.callId}\\.jsonl`),
      );
      const saving = page.waitForEvent("download");
      await page.click("#record-course button:text-is('Save the journal')");
      const saved = await Deno.readTextFile(await (await saving).path());
      assert.equal(saved, await Deno.readTextFile(`${dir}/${talk.callId}.jsonl`));

      const lines = saved.split("\n");
      const quiet = lines.filter((line) => !/"type":"(?:speechSt|committed)/.test(line));
      await Deno.writeTextFile(`${dir}/${talk.callId}.jsonl`, quiet.join("\n"));
      await page.click("#record-course button:text-is('Replay')");
      await page.waitForSelector("#record-course .different");
      assert.match(
        await page.locator(".outcome").innerText(),
        /first difference:\s+\d.* (?:in the replay|did not have)\.\n/,
      );
      await page.click("#language");
      await page.click("#record-course summary:text-is('Journal und Wiederholung')");
      await page.click("#record-course button:text-is('Wiederholen')");
      await page.waitForSelector("#record-course .different");
      const [, difference] = await page.locator(".outcome p").allInnerTexts();
      assert.match(
        difference ?? "",
        /^\d.* Redebeitrag \S+ des (?:Anrufers|Agenten) .*Wiederholung/,
      );
      assert.deepEqual(await englishOf(page), []);
      await page.click("#language");
      await page.click("#record-course summary:text-is('Journal and replay')");
      await Deno.remove(`${dir}/${talk.callId}.jsonl`);
      await page.click("#record-course button:text-is('Replay')");
      await page.waitForSelector(".outcome .problem:has-text('no journal of this call')");
      assert.deepEqual(complaints.filter((text) => !text.includes("404")), []);
    } finally {
      await close();
      await Deno.remove(dir, { recursive: true });
    }
  },
});
