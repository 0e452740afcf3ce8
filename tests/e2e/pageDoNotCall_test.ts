import assert from "node:assert/strict";
import { browserTest, openPage } from "../support/browser/browser.ts";
import { heardSaying, recordOf, startPhoneRig, voiceOf } from "../support/servers/phoneRig.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { get, initiate } from "../support/twilio/dialling.ts";
import { until } from "../support/until.ts";

const consent = { source: "order 12", at: "2026-11-01T10:00:00Z", text: "You may call me." };

browserTest(
  "page shows who wants no more calls, in their words, and adds and removes numbers",
  async () => {
    await using rig = await startPhoneRig({
      agent: `greeting: "Good day."
outbound: { hours: off, disclosure: A computer of Acme calls you. }`,
      model: { transcribe: () => "Please stop calling me." },
    });
    const { server } = rig;
    const { callId } = await (await initiate(server, { to: "+14155550123", consent })).json();
    const phone = await server.network.nextCall();
    await heardSaying(rig, callId, /^Good day/);
    await phone.speak(voiceOf(600));
    await recordOf(rig, callId);

    const { page, complaints, close } = await openPage(`${server.origin}/#do-not-call`);
    try {
      await page.fill("#gate-key", apiKey);
      await page.press("#gate-key", "Enter");
      await page.waitForSelector("#listed li");
      const rows = async () =>
        (await page.locator("#listed li").allInnerTexts())
          .map((text) => text.replace(/\s+/g, " ").trim());
      const [opted] = await rows();
      assert.match(
        opted ?? "",
        /^\+14155550123 Today, \d\d:\d\d · by receptionist .?Please stop calling me.? The call asked in a call Remove…$/,
      );
      await page.fill("#unlisted-number", "call me");
      await page.click("#unlisted-form button");
      await page.waitForSelector("#unlisted-problem:not(:empty)");
      await page.fill("#unlisted-number", "+1 (415) 555-0199");
      await page.fill("#unlisted-reason", "by letter");
      await page.click("#unlisted-form button");
      await until(rows, (all) => all.length === 2);
      assert.match((await rows())[0] ?? "", /^\+14155550199 Today, .* · by ops by letter Remove…$/);
      assert.equal(await page.textContent("#unlisted-problem"), "");
      await page.locator("#listed li button").first().click();
      assert.equal(await page.innerText("#unlist-about"), "+14155550199");
      await page.click("#unlist-form button[type=submit]");
      await until(rows, (all) => all.length === 1);
      assert.equal((await get(server, "/api/do-not-call")).numbers.length, 1);
      assert.deepEqual(complaints.filter((text) => !/422/.test(text)), []);

      await page.setViewportSize({ width: 390, height: 844 });
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390);
      await page.locator("#listed li a").click();
      await page.waitForSelector("#record-heard .agreement");
      assert.match(
        await page.innerText("#record-heard"),
        /^Wants no more calls, at \d+:\d\d: “Please stop calling me”\n+Consent of .*, order 12: “You may call me\.”\n+Must be heard: all heard/,
      );
      assert.equal(
        await page.innerText("#record-end"),
        "The call was answered. The person wants no more calls.",
      );
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390);
      const picture = Deno.env.get("PICTURE");
      if (picture !== undefined) {
        await page.screenshot({ path: `${picture}-record.png` });
        await page.goto(`${server.origin}/#do-not-call`);
        await page.waitForSelector("#listed li");
        await page.screenshot({ path: `${picture}-list.png` });
      }
    } finally {
      await close();
    }
  },
);
