import assert from "node:assert/strict";
import { browserTests } from "../support/browser/browser.ts";
import { NOW, visitPage } from "../support/servers/pageServer.ts";

browserTests("page: phone menus", {
  "page shows the way through phone menus, and the time on hold": (browser) =>
    visitPage({ browser, hash: "#records" }, async ({ page, remember, store, go, complaints }) => {
      await remember({ id: "call_menu", direction: "outbound", startedAt: NOW }, {
        end: { reason: "phone_menu", detail: "hold_time" },
      });
      const phoneMenu = {
        steps: [{ atMs: 8000, heard: "For billing, press two.", times: 1, keys: "2" }],
        holds: [{ fromMs: 10_000, toMs: 190_000, withheldMs: 170_000 }],
      };
      const changes = { phoneMenu };
      await store.calls.write([{ type: "changed", callId: "call_menu", changes }]);
      await page.setViewportSize({ width: 390, height: 800 });
      await go("records/call_menu");
      await page.waitForSelector("#record-heard details");
      assert.match(await page.textContent("#record-end") ?? "", /too long on hold/);
      for (const summary of await page.locator("#record-heard summary").all()) {
        await summary.click();
      }
      const shown = (await page.innerText("#record-heard")).replaceAll(/\s+/g, " ");
      assert.match(shown, /Phone menus: 1 .*For billing, press two\. 2 0:08/);
      assert.match(shown, /On hold: 3:00 .*0:10 3:10 2:50/);
      assert.match(shown, /Music played for 2:50 of it, and was not sent to the model/);
      const overflow = await page.evaluate("document.body.scrollWidth > innerWidth");
      assert.equal(overflow, false);
      assert.deepEqual(complaints, []);
    }),
});
