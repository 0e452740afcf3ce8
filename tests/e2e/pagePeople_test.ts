import { strict as assert } from "node:assert";
import { violationsOf } from "../support/browser/accessibility.ts";
import { type BrowserPage, browserTests, openPage } from "../support/browser/browser.ts";
import { heardSaying, startPhoneRig } from "../support/servers/phoneRig.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { recordingFolder } from "../support/recordedCalls.ts";
import { statusOf } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const operator = "the-operator-secret-0123456789";
const viewer = "the-viewer-secret-0123456789";
const API_KEYS = `ops:${apiKey};role=admin,ann:${operator};role=operator,cy:${viewer};role=viewer`;

browserTests("page: several people", {
  async "each key sees what it may do, and an admin who listened"(browser) {
    await using folder = await recordingFolder();
    await using rig = await startPhoneRig({
      agent: `greeting: Good day, this is Acme.\nrecording: { consent: none }`,
      ...folder,
      env: { ...folder.env, API_KEYS },
    });
    const { server } = rig;
    assert.equal(
      await statusOf(server.request("/api/do-not-call/+14155550177", {
        method: "PUT",
        headers: { "X-API-Key": operator },
      })),
      200,
    );
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good day/);

    await visit(viewer, async ({ page, go, isShown }) => {
      assert.equal((await page.innerText("#me")).replace(/\s+/g, " "), "cy Viewer Sign out");
      await go(`calls/${talk.callId}`, "call");
      await page.waitForSelector("#call-transcript li");
      assert.deepEqual([await isShown("#listen"), await isShown("#end-call")], [false, false]);
      await go("place", "place");
      assert.equal(await isShown("#place-form"), false);
      await page.getByText("Your key may not place calls.").waitFor();
      await go("batches", "batches");
      assert.equal(await isShown("#batch-new"), false);
      await go("do-not-call", "do-not-call");
      await page.waitForSelector("#listed li");
      assert.equal(await isShown("#unlisted-form"), false);
      assert.equal(await isShown("#listed li button"), false);
      await go("agents/receptionist", "one-agent");
      await page.getByText("takes a key with the scope admin.").waitFor();
      assert.equal(await isShown("#agent-file"), false);
      await go("talk", "talk");
      await page.getByText("Your key may not begin calls.").waitFor();
      assert.equal(await isShown("#start"), false);
    });

    await visit(operator, async ({ page, go, isShown }) => {
      await go(`calls/${talk.callId}`, "call");
      await page.getByRole("button", { name: "Listen in" }).click();
      await page.getByText("You are listening. The caller is not told.").waitFor();
      assert.equal(await isShown("#end-call"), true);
      await page.getByRole("button", { name: "Transfer…" }).click();
      assert.equal(await isShown("#transfer-number"), false);
      await page.locator("#transfer-names option", { hasText: "Nobody" }).waitFor({
        state: "attached",
      });
      await page.locator("#transfer-dialog").getByRole("button", { name: "Go back" }).click();
      await go("do-not-call", "do-not-call");
      assert.equal(await isShown("#unlisted-form"), true);
      await go("agents", "agents");
      await page.waitForSelector("#agents-list li");
      assert.equal(await isShown("#new-agent"), false);
      await go("setup", "setup");
      assert.equal(await isShown("#setup a[href='#audit']"), false);
    });
    await hangUp(talk.phone);

    await visit(operator, async ({ page, go, isShown }) => {
      await go(`records/${talk.callId}`, "record");
      await page.locator("#record-recording").getByRole("button", { name: "Save as WAV" })
        .waitFor();
      await page.waitForSelector("#record-tags input");
      const remove = page.locator("#record-recording").getByRole("button", { name: "Delete" });
      assert.equal(await remove.isVisible(), false);
      assert.equal(await isShown("#record-audit"), false);
      await page.getByText("Journal and replay").waitFor({ state: "hidden" });
    });

    await visit(apiKey, async ({ page, go, isShown }) => {
      await go(`records/${talk.callId}`, "record");
      await page.click("#record-audit");
      await page.waitForSelector("main#audit:not([hidden])");
      const rows = async () =>
        (await page.locator("#audit-list li").allInnerTexts())
          .map((text) => text.replace(/\s+/g, " ").trim());
      const listening = (await until(rows, (found) => found.length > 0)).at(-1) ?? "";
      assert.match(listening, new RegExp(`^\\d\\d:\\d\\d ann Listened in: ${talk.callId}$`));
      assert.equal(await page.inputValue("#audit-filter [name=subject]"), talk.callId);
      await page.fill("#audit-filter [name=subject]", "");
      await page.selectOption("#audit-filter [name=action]", "do_not_call.add");
      await until(rows, ([only, ...more]) => more.length === 0 && /…177$/.test(only ?? ""));
      await page.selectOption("#audit-filter [name=key]", "cy");
      await page.getByText("There are no such entries.").waitFor();
      assert.deepEqual(await violationsOf(page), []);
      assert.equal(await isShown("#me"), true);
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.waitForSelector("main#gate:not([hidden])");
      await page.fill("#gate-key", viewer);
      await page.press("#gate-key", "Enter");
      await page.getByText("it lacks the scope admin").waitFor();
      assert.equal(await page.innerText("#me-name"), "cy");
    });

    async function visit(key: string, look: (visit: Visit) => Promise<void>): Promise<void> {
      const opened = await openPage(`${server.origin}/#calls`, {
        browser,
        prepare: `sessionStorage.getItem("signed") ?? (sessionStorage.setItem("parley.key", ${
          JSON.stringify(key)
        }), sessionStorage.setItem("signed", "in"));`,
      });
      const { page, complaints, close } = opened;
      try {
        await page.waitForSelector("main#calls:not([hidden])");
        await look({
          page,
          async go(hash, view) {
            await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
            await page.waitForSelector(`main#${view}:not([hidden])`);
          },
          isShown: (selector) => page.locator(selector).first().isVisible(),
        });
        // What the key may not do is not asked for, but where another key has followed.
        const isChanged = key === apiKey;
        assert.deepEqual(complaints.filter((text) => !(isChanged && /403/.test(text))), []);
      } finally {
        await close();
      }
    }
  },
});

interface Visit {
  readonly page: BrowserPage["page"];
  go(hash: string, view: string): Promise<void>;
  /** Whether the first of the elements is visible. */
  isShown(selector: string): Promise<boolean>;
}
