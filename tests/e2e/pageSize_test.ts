import { strict as assert } from "node:assert";
import type { Page, Request } from "playwright-core";
import { browserTests, openPage } from "../support/browser/browser.ts";
import { FULL_CALL } from "../support/sample/fullCall.ts";
import { startSampleServer } from "../support/sample/sampleServer.ts";
import { apiKey } from "../support/servers/phoneServer.ts";

/** What a view may load, with the parts that all share: uncompressed, as the server sends it. */
const MOST_BYTES = 150_000;

/** What each view shows once its data is there. */
const VIEWS = {
  "": "#start:enabled",
  "#calls": "#calls-list li",
  "#calls/{live}": "#call-transcript .line",
  "#records": "#records .rows li",
  [`#records/${FULL_CALL}`]: "#record .waves.drawn",
  "#analytics": "#analytics-charts svg",
  "#place": "#place-form",
  "#batches": "#batches-list > *",
  "#batches/{batch}": "#batch-results tr",
  "#calendar": "#calendar-list li",
  "#agents": "#agents-list > *",
  "#agents/receptionist": "#agent-listing > *",
  "#setup": "#setup-list li",
  "#audit": "#audit-list li",
  "#do-not-call": "#listed > *",
};

const HAS_KEY = `try { sessionStorage.setItem("parley.key", ${JSON.stringify(apiKey)}); } catch {}`;

browserTests("page: size", {
  async "page loads each view with less than 150 kB, in English and in German"(browser) {
    await using sample = await startSampleServer();
    const liveId = await sample.call();
    for (const locale of ["en-GB", "de-DE"]) {
      const { page, complaints, close } = await openPage("about:blank", {
        ...{ browser, locale, prepare: HAS_KEY },
      });
      try {
        for (const [view, shown] of Object.entries(VIEWS)) {
          const hash = view.replace("{live}", liveId).replace("{batch}", sample.batchId);
          const bytes = await loadedBy(page, `${sample.origin}/${hash}`, shown);
          assert.ok(bytes < MOST_BYTES, `${view} loads ${bytes} bytes in ${locale}`);
        }
        assert.deepEqual(complaints, []);
      } finally {
        await close();
      }
    }
  },
});

async function loadedBy(page: Page, url: string, shown: string): Promise<number> {
  const sizes: Promise<number>[] = [];
  const count = (request: Request) => {
    const isOfPage = /^\/(?:$|assets\/)/.test(new URL(request.url()).pathname);
    if (isOfPage) sizes.push(sizeOf(request));
  };
  await page.goto("about:blank");
  page.on("request", count);
  await page.goto(url);
  await page.waitForSelector(shown);
  await page.waitForSelector("main:not([hidden]):not(.loading):not([aria-busy=true])");
  page.off("request", count);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function sizeOf(request: Request): Promise<number> {
  const response = await request.response();
  return (await response?.body())?.length ?? 0;
}
