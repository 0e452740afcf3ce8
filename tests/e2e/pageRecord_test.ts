import assert from "node:assert/strict";
import { browserTestInBoth, browserTests } from "../support/browser/browser.ts";
import { RECORDED_ID, rememberRecorded } from "../support/recordedConversation.ts";
import { type PageVisit, visitPage } from "../support/servers/pageServer.ts";
import { recordedApi } from "../support/servers/recordedApi.ts";
import { until } from "../support/until.ts";

type Page = PageVisit["page"];

browserTests("page: one record", {
  "page moves in a recording by clicks and keys, and draws both sides of it": (browser) =>
    visitRecord(browser, async ({ page, complaints }) => {
      await page.waitForSelector(".waves.drawn");
      assert.deepEqual(await page.locator(".waveform .legend > span").allInnerTexts(), [
        ...["Cut off", "Not heard", "Tool"],
      ]);
      const box = await page.locator(".waves canvas").boundingBox();
      assert.ok(box !== null && box.width > 200);
      // The caller speaks from 5 to 9 s, above; the agent from 24 to 30 s, below.
      const lanes = await drawnAt(page, [7 / 40, 27 / 40]);
      assert.deepEqual(lanes, [["caller"], ["agent"]]);

      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      assert.equal(await placeOf(page), 20);
      await page.mouse.move(box.x + box.width / 2, box.y + 5);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.66, box.y + 5);
      await page.mouse.up();
      assert.equal(await placeOf(page), 26);
      assert.equal(
        await page.getAttribute(".waves", "aria-valuetext"),
        "0:26 of 0:40, Agent: Then next Tuesday at nine. Is that all right?",
      );
      await page.focus(".waves");
      for (
        const [key, place] of [
          ["Home", 0],
          ["ArrowLeft", 0],
          ["ArrowRight", 5],
          ["ArrowUp", 10],
          ["PageUp", 40],
          ["ArrowDown", 35],
          ["End", 40],
          ["PageDown", 10],
        ] as const
      ) {
        await page.keyboard.press(key);
        assert.equal(await placeOf(page), place, key);
      }
      await page.click("button[aria-label='Zoom in']");
      await page.click(".waves canvas", { position: { x: 1, y: 5 } });
      const left = await placeOf(page);
      assert.ok(left >= 0 && left < 10, `${left} s`);
      await page.keyboard.press("End");
      await page.click(".waves canvas", { position: { x: 1, y: 5 } });
      assert.ok(await placeOf(page) < 40);
      assert.deepEqual(complaints, []);
    }),

  "page plays from the line that is clicked, marks what is heard, and pauses by Space": (browser) =>
    visitRecord(browser, async ({ page, complaints }) => {
      await page.waitForSelector(".waves.drawn");
      const line = (text: string) => page.locator("#record-transcript .line", { hasText: text });
      await line("Then next Tuesday").locator(".words").click();
      await page.waitForSelector(".playing button:text-is('Pause')");
      await page.waitForSelector("#record-transcript .line.heard[aria-current=true]");
      assert.match(
        await page.locator("#record-transcript .line.heard").innerText(),
        /Then next Tuesday/,
      );
      await until(() => placeOf(page), (place) => place > 24);
      await page.focus(".waves");
      await page.keyboard.press(" ");
      await page.waitForSelector(".playing button:text-is('Listen')");
      const stopped = await placeOf(page);
      assert.ok(stopped >= 24 && stopped < 40, `${stopped} s`);

      await line("move my appointment").locator("button.at").press("Enter");
      await page.waitForSelector(".playing button:text-is('Pause')");
      await page.waitForSelector("#record-transcript .line.caller.heard");
      assert.match(
        await page.locator("#record-transcript .line.heard").innerText(),
        /<b>please<\/b>/,
      );
      await page.evaluate("location.hash = 'records'");
      await page.waitForSelector("#records:not([hidden])");
      assert.equal(await page.locator("#record-sound > *").count(), 0);
      assert.deepEqual(complaints, []);
    }),

  "page goes on playing when its link has ended, and says why a recording cannot be played": (
    browser,
  ) =>
    visitRecord(browser, async ({ page, store, remember, go }, recorded) => {
      const id = "call_long";
      await remember({ id });
      // Longer than a player fetches ahead.
      recorded.write(id, "pcmu", new Uint8Array(30_000_000).fill(0xff));
      const spans = [{ kind: "recorded", fromMs: 0, toMs: 1_875_000 }] as const;
      const status = { state: "stopped", atMs: 1_875_000, spans } as const;
      await store.calls.write([
        { type: "recording", callId: id, instanceId: "test", status },
        { type: "recordingFinished", callId: id, bytes: 30_000_058, durationMs: 1_875_000 },
      ]);
      await remember({ id }, {});
      await go(`records/${id}`);
      await page.waitForSelector(".place:text-is('0:00 / 31:15')");
      await page.click(".playing button:text-is('Listen')");
      await until(() => placeOf(page), (place) => place > 5);
      recorded.clock.now += 11 * 60_000;
      const link = page.waitForResponse((answer) => answer.url().endsWith("/recording/link"));
      const box = await page.locator(".waves canvas").boundingBox();
      assert.ok(box !== null);
      await page.mouse.click(box.x + box.width * 0.9, box.y + 5);
      await link;
      await page.waitForSelector(".playing button:text-is('Pause')");

      await until(() => placeOf(page), (place) => place > 1600);

      await go(`records/${RECORDED_ID}`);
      await page.waitForSelector(".place:text-is('0:00 / 0:40')");
      await Deno.remove(`${recorded.dir}/${RECORDED_ID}.wav`);
      await page.click(".playing button:text-is('Listen')");
      await page.waitForSelector("#record-recording .problem:text('no recording of this call')");
    }),

  "page shows latency and dollars as bars, with a table of the same numbers": (browser) =>
    visitRecord(browser, async ({ page, complaints }) => {
      const column = (id: string, at: number) =>
        page.locator(`#${id} .chart details tbody tr > :nth-child(${at})`)
          .allTextContents();
      const readings = async (name: string, count: number) => {
        const plot = page.getByRole("slider", { name, exact: true });
        await plot.press("Home");
        const read: (string | null)[] = [];
        for (let at = 0; at < count; at++) {
          read.push(await plot.getAttribute("aria-valuetext"));
          await plot.press("ArrowRight");
        }
        return read;
      };
      assert.deepEqual(await readings("Latency", 3), LATENCIES_READ);
      assert.deepEqual(await column("record-latency", 5), ["700 ms", "1.5 s", "1.1 s"]);
      const bars = page.locator("#record-latency .chart-plot .point:nth-of-type(2) rect");
      const heights = await bars.evaluateAll((all) =>
        all.map((one) => Number(one.getAttribute("height")))
      );
      const whole = heights.reduce((sum, height) => sum + height, 0);
      assert.deepEqual(heights.map((height) => Math.round(100 * height / whole)), [53, 27, 20]);
      assert.equal(
        await page.textContent("#record-latency .caption"),
        "Latency of 3 answers, median 1.1 s, 95% under 1.5 s",
      );
      assert.deepEqual(await page.locator("#record-latency .chart-keys li").allInnerTexts(), [
        ...["Response", "First audio", "Until heard", "p50 1.1 s", "p95 1.5 s"],
      ]);
      assert.equal(
        await page.locator("#record-latency .chart-plot :is(.mark-0, .mark-1)").count(),
        2,
      );
      assert.deepEqual(await readings("Tokens and dollars per turn", 3), DOLLARS_READ);
      assert.deepEqual(await column("record-cost", 6), ["$0.0100", "$0.0200", "$0.0300"]);
      assert.deepEqual(await column("record-cost", 3), ["1,500", "2,500", "3,500"]);
      assert.deepEqual(await column("record-cost", 2), ["0:01", "0:11", "0:24"]);
      assert.deepEqual(complaints, []);
    }),
}, browserTestInBoth);

const LATENCIES_READ = [
  "0:01, 700 ms: Response 300 ms, First audio 250 ms, Until heard 150 ms",
  "0:11, 1.5 s: Response 800 ms, First audio 400 ms, Until heard 300 ms",
  "0:24, 1.1 s: Response 500 ms, First audio 350 ms, Until heard 250 ms",
];
const DOLLARS_READ = ["0:04: $0.0100", "0:14: $0.0200", "0:24: $0.0300"];

async function visitRecord(
  browser: Parameters<typeof visitPage>[0]["browser"],
  run: (
    visit: PageVisit,
    recorded: Awaited<ReturnType<typeof recordedApi>>,
  ) => Promise<void>,
): Promise<void> {
  await using recorded = await recordedApi();
  await visitPage({ browser, mount: recorded.mount }, async (visit) => {
    await rememberRecorded(visit, recorded);
    await visit.go(`records/${RECORDED_ID}`);
    await visit.page.waitForSelector("#record-transcript .line");
    await run(visit, recorded);
  });
}

/** In seconds. */
async function placeOf(page: Page): Promise<number> {
  return Number(await page.getAttribute(".waves", "aria-valuenow"));
}

/** On which sides there is much of a wave at these shares of the width. */
async function drawnAt(page: Page, shares: readonly number[]): Promise<readonly string[][]> {
  return await page.evaluate(`(() => {
    const canvas = document.querySelector(".waves canvas");
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const inked = (x, from, to) => {
      let count = 0;
      for (let y = from; y < to; y++) if (data[4 * (y * width + x) + 3] > 0) count++;
      return count / (to - from);
    };
    const lane = Math.floor(height * 0.43);
    return ${JSON.stringify(shares)}.map((share) => {
      const x = Math.floor(share * width);
      const sides = [];
      if (inked(x, 0, lane) > 0.2) sides.push("caller");
      if (inked(x, lane + 2, 2 * lane) > 0.2) sides.push("agent");
      return sides;
    });
  })()`);
}
