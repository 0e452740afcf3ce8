import { strict as assert } from "node:assert";
import { browserTests } from "../support/browser/browser.ts";
import { readPageLocation } from "../../src/web/pageLocation.ts";
import { visitPage } from "../support/servers/pageServer.ts";

/** What a view may load, with the parts that all share: uncompressed, as the server sends it. */
const MOST_BYTES = 150_000;
const VIEWS = [
  "",
  "#calls",
  "#calls/call_none",
  "#records",
  "#records/call_none",
  "#analytics",
  "#place",
  "#batches",
  "#calendar",
  "#agents",
  "#agents/receptionist",
  "#setup",
  "#audit",
  "#do-not-call",
];

browserTests("page: languages and size", {
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
  async "page loads each view with less than 150 kB"(browser) {
    const sizes = new Map<string, Promise<number>>();
    for (const hash of VIEWS) {
      await visitPage({ browser, hash }, async ({ page }) => {
        const { view } = readPageLocation(hash);
        const shown = `main:is(#${view}, #trouble):not([hidden])`;
        await page.waitForSelector(shown);
        const loaded = new Set<string>();
        page.on("request", (request) => loaded.add(request.url()));
        await page.reload();
        await page.waitForSelector(shown);
        const read = [...loaded].filter((url) => /^\/(?:$|assets\/)/.test(new URL(url).pathname))
          .map((url) => {
            const { pathname } = new URL(url);
            if (!sizes.has(pathname)) sizes.set(pathname, sizeOf(url));
            return sizes.get(pathname) ?? 0;
          });
        const bytes = (await Promise.all(read)).reduce((sum, size) => sum + size, 0);
        console.log(hash, bytes);
        assert.ok(bytes < MOST_BYTES, `${hash} loads ${bytes} bytes`);
      });
    }
  },
});

async function sizeOf(url: string): Promise<number> {
  return (await (await fetch(url)).bytes()).length;
}
