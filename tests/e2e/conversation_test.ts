import assert from "node:assert/strict";
import type { Script } from "../../src/sim/openai/scripts.ts";
import { visitApp } from "../support/browser/appVisit.ts";
import { browserTestInBoth, speakInto } from "../support/browser/browser.ts";
import { until } from "../support/until.ts";

const SPEECH = new URL("../fixtures/speech/goforward.wav", import.meta.url);

const briefly: Script = ({ cause }) => ({
  say: cause.type === "speech" ? "I have heard every word of it." : "Good day.",
});

browserTestInBoth(
  "a caller is greeted, speaks, and is answered aloud",
  () =>
    visitApp({ engine: { voice: "flite", script: briefly } }, async ({ page, wire }) => {
      await page.click("#start");
      // On a slow machine, the tone of a late model sounds before, which is no line.
      await wire.find((message) =>
        message.type === "transcript" && message.role === "agent" && message.final
      );
      await speakInto(page, SPEECH);
      await page.waitForSelector(".line.caller");
      await page.waitForSelector(".line.caller ~ .line.agent:not([hidden])");
      await page.waitForSelector(".line.agent .margin:not(:empty)");
      const rows = await page.locator("#transcript .line:not([hidden])").allInnerTexts();
      assert.match(rows[0] ?? "", /^Agent/);
      assert.match(rows[1] ?? "", /^You/);
      assert.match(rows[2] ?? "", /^Agent/);
      const isReport = (message: { readonly type: string }) => message.type === "played";
      await wire.when((all) => all.filter(isReport).length > 20);
      await page.click("#stop");
      assert.match(await page.textContent("#status") ?? "", /^You hung up\./);
    }),
);

browserTestInBoth(
  "a caller who interrupts silences the agent, and its line ends where it was heard",
  () => {
    const speech = "This is a long story about a traveller who walked from one town to the next, " +
      "and in every town there was a clock, and every clock told another time, so that nobody " +
      "could ever say when the traveller had come or when the traveller would have to leave again.";
    const engine = { voice: "flite", script: () => ({ say: speech }) } as const;
    return visitApp({ engine }, async ({ page, wire }) => {
      await page.click("#start");
      await wire.find((message) => message.type === "played" && message.ms >= 1500);
      await speakInto(page, SPEECH);
      // A response that a slow machine was asked for twice may stand before it, unheard and hidden.
      const shown = ".line.agent.interrupted:not([hidden])";
      await page.waitForSelector(shown);
      const line = await page.locator(`${shown} .words`).first().innerText();
      const heard = line.replace(/\s*cut off here$/, "");
      assert.ok(speech.startsWith(heard.trim()), heard);
      assert.ok(heard.length > 10 && heard.length < speech.length - 10, heard);

      const cut = await wire.find((message) =>
        message.type === "interrupted" && message.heardMs > 0
      );
      assert.ok(cut.type === "interrupted");
      const answer = await wire.find((message) =>
        message.type === "played" && message.cleared === true && message.itemId === cut.itemId
      );
      // The exact end, or where a busy page is late with it, its last report: never an estimate.
      const told = wire.all.flatMap((message) =>
        message.type === "played" && message.itemId === cut.itemId ? [message.ms] : []
      );
      assert.ok(
        told.some((ms) => Math.abs(cut.heardMs - ms) <= 1),
        `${cut.heardMs}, played ${told}`,
      );
      const later = wire.all.slice(wire.all.indexOf(answer) + 1);
      assert.ok(
        !later.some((message) => message.type === "played" && message.itemId === cut.itemId),
      );
    });
  },
);

browserTestInBoth(
  "a page that is reloaded while the agent speaks hears it on, and the conversation goes on",
  () => {
    const story =
      "Once there was a lighthouse at the end of a long road, and in it lived a woman " +
      "who counted the ships that came by, and wrote each of them down with its name and its port.";
    const script: Script = ({ cause }) => ({ say: cause.type === "text" ? "I do." : story });
    return visitApp({ engine: { voice: "flite", script } }, async ({ page, wire }) => {
      await page.click("#start");
      await wire.find((message) => message.type === "played" && message.ms >= 1000);
      await page.reload();
      const before = wire.all.length;
      const here = () => wire.all.slice(before);
      const heardMs = Math.max(
        ...wire.all.map((message) => message.type === "played" ? message.ms : 0),
      );
      // Firefox lets a page that was clicked play at once after a reload.
      await until(async () => {
        if (await page.isVisible("#return-continue")) await page.click("#return-continue");
        return here();
      }, (messages) => messages.some(({ type }) => type === "played"));
      const first = here().find((message) => message.type === "played");
      // From where it was cut off: what was under way to the server is said again, and no more.
      assert.ok(first?.type === "played" && first.ms > heardMs - 500, `${first} after ${heardMs}`);
      await wire.when(() =>
        here().some((message) =>
          message.type === "transcript" && message.role === "agent" && message.final
        )
      );
      await page.fill("#text", "Do you like it?");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".words:text-is('I do.')");
      const lines = await page.locator("#transcript .line:not([hidden]) .words").allInnerTexts();
      assert.deepEqual(lines.map((line) => line.replace(/\s+typed$/, "")), [
        story,
        "Do you like it?",
        "I do.",
      ]);
      await page.click("#stop");
    });
  },
);

browserTestInBoth(
  "a caller who types is answered, and the tool use is shown",
  () =>
    visitApp({}, async ({ page }) => {
      await page.click("#start-typing");
      await page.waitForSelector("#desk:not([hidden])");
      await page.fill("#text", "what time is it");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".tool.done");
      assert.match(await page.locator(".tool").innerText(), /get_current_time\s+\d+ ms/);
      await page.waitForSelector(".tool ~ .line.agent:not([hidden])");
      const typed = await page.locator(".line.caller").innerText();
      assert.match(typed, /what time is it\s+typed/);
    }),
);
