/**
 * Makes a picture of each view of the page, with sample data, in light, in dark and narrow:
 * `deno task screenshots [FOLDER] [--only NAME,NAME]`. The clocks of the server and of the page are set.
 */
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { launchBrowser, openPage } from "../support/browser/browser.ts";
import { startSampleServer } from "../support/sample/sampleServer.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { sampleViews } from "../support/sample/sampleViews.ts";

const { values, positionals } = parseArgs({
  options: { only: { type: "string" } },
  allowPositionals: true,
});
const folder = positionals[0] ?? "screenshots";
const only = values.only?.split(",");

/** Half past ten of a Wednesday. */
const NOW = Date.UTC(2027, 0, 13, 10, 30);
const clockAheadMs = NOW - Date.now();

const LOOKS = {
  light: { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  narrow: { viewport: { width: 320, height: 640 }, colorScheme: "light" },
  middle: { viewport: { width: 768, height: 900 }, colorScheme: "light" },
} as const;

await Deno.mkdir(folder, { recursive: true });
await using sample = await startSampleServer({ clockAheadMs, voice: "flite" });
const liveId = await sample.call();
const browser = await launchBrowser("silent");
try {
  for (const [lookName, look] of Object.entries(LOOKS)) {
    const { page, complaints, close } = await openPage(sample.origin, {
      browser,
      ...look,
      reducedMotion: "reduce",
      microphone: "silent",
      timezoneId: "UTC",
      prepare: `try { sessionStorage.setItem("parley.key", ${JSON.stringify(apiKey)}); } catch {}`,
    });
    for (const view of sampleViews({ ...sample, liveId })) {
      if (only !== undefined && !only.includes(view.name)) continue;
      await page.clock.setFixedTime(NOW + 45_000);
      await view.open(page, sample.origin);
      if (view.isCall === true) await passTime(page);
      await page.mouse.move(0, 0);
      const isWhole = lookName === "narrow" || lookName === "middle";
      if (isWhole) await showWhole(page);
      await page.screenshot({ path: `${folder}/${view.name}-${lookName}.png` });
      if (isWhole) await page.setViewportSize(look.viewport);
      await view.leave?.(page);
    }
    for (const complaint of complaints) console.log(`${lookName}: ${complaint}`);
    await close();
  }
} finally {
  await browser.close();
}

/** Some time of a call of the page's own passes. */
async function passTime(page: Page): Promise<void> {
  await page.clock.setFixedTime(NOW + 45_000 + 9_000);
  await page.locator("#clock").getByText("0:09").waitFor();
}

/** Makes the window as high as what it shows. */
async function showWhole(page: Page): Promise<void> {
  const hidden = Number(
    await page.evaluate(`(() => {
      const main = [...document.querySelectorAll("main")].find((one) => !one.hidden);
      return main === undefined ? 0 : main.scrollHeight - main.clientHeight;
    })()`),
  );
  const { width, height } = page.viewportSize() ?? { width: 320, height: 640 };
  await page.setViewportSize({ width, height: Math.min(height + hidden, 6000) });
}
