import { strict as assert } from "node:assert";
import { browserTests } from "../support/browser/browser.ts";
import { visitPage } from "../support/servers/pageServer.ts";

browserTests("page: languages", {
  async "page is shown in German where the browser prefers it, and in English when that is chosen"(
    browser,
  ) {
    await visitPage({ browser, hash: "#calls", look: { locale: "de-DE" } }, async ({ page }) => {
      await page.getByText("Zurzeit läuft kein Gespräch.").waitFor();
      assert.equal(await page.title(), "Laufende Gespräche · Parley");
      await page.getByRole("button", { name: "English" }).click();
      await page.getByText("There are no live calls.").waitFor();
      assert.equal(await page.title(), "Live calls · Parley");
    });
  },
  async "styles of a view do not change the one that is opened after it"(browser) {
    await visitPage({ browser, hash: "#place" }, async ({ page, go }) => {
      const applied = () =>
        page.evaluate<readonly string[]>(
          "[...document.styleSheets].filter((it) => !it.disabled).map((it) => it.href.split('/').at(-1))",
        );
      await page.waitForSelector("main#place:not([hidden])");
      assert.ok((await applied()).includes("place.css"));
      await go("#agents");
      await page.waitForSelector("main#agents:not([hidden])");
      const inAgents = await applied();
      assert.ok(inAgents.includes("agents.css"));
      assert.ok(!inAgents.includes("place.css"));
      await go("#place");
      await page.waitForSelector("main#place:not([hidden])");
      assert.ok((await applied()).includes("place.css"));
    });
  },
});
