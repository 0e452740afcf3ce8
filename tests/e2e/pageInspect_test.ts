import assert from "node:assert/strict";
import type { ClientMessage, ServerMessage } from "../../src/protocol/web.ts";
import { visitApp } from "../support/browser/appVisit.ts";
import { browserTest, speakInto } from "../support/browser/browser.ts";
import { onlyAgent } from "../support/twilio/dialling.ts";

const SPEECH = new URL("../fixtures/speech/goforward.wav", import.meta.url);
const agentFiles = onlyAgent([
  "greeting: Good day, {{first_name}}.",
  "tools: [get_current_time]",
  "turn_detection: { kind: server, silence_ms: 500 }",
].join("\n"));

browserTest(
  "what the agent is told reaches its greeting; tools, latency and events are shown",
  () => {
    const look = { permissions: ["clipboard-read", "clipboard-write"] };
    const options = {
      hash: "#talk?inspect",
      look,
      agentFiles,
      engine: { voice: "flite" },
    } as const;
    return visitApp(options, async ({ page, wire }) => {
      await page.waitForSelector("#inspector:not([hidden])");
      await page.click("#told summary");
      await page.fill(".told-declared label:has-text('first_name') input", "Ada");
      await page.click("#start");
      await page.waitForSelector(".words:text-is('Good day, Ada.')");
      await wire.find((message) =>
        message.type === "transcript" && message.role === "agent" && message.final
      );

      await speakInto(page, SPEECH);
      const told = await wire.find((message) => message.type === "latency");
      assert.ok(told.type === "latency");
      await page.waitForSelector("#latencies:not([hidden])");
      await page.selectOption(".inspector select", "earLatency");
      await page.click(".events summary");
      const timed = JSON.parse(await page.textContent(".events pre") ?? "{}");
      // The ear waits, besides, for the server to notice the silence, and for what is on its way.
      const more = timed.ms - told.totalMs;
      assert.ok(more > 300 && more < 1500, `${timed.ms} at the ear, ${told.totalMs} on the server`);
      assert.equal(timed.itemId, told.id);
      const shown = await page.textContent(".line.agent .margin:not(:empty)");
      assert.equal(shown, timed.ms < 1000 ? `${timed.ms} ms` : `${(timed.ms / 1000).toFixed(1)} s`);
      await page.waitForSelector(`#latencies:has-text('1 answer, heard after ${shown}')`);

      await page.fill("#text", "what time is it");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".tool.done details");
      await page.click(".tool summary");
      await page.waitForSelector(".tool pre >> nth=1");
      const [given, result] = await page.locator(".tool pre").allTextContents();
      assert.equal(given, "{}");
      assert.match(result ?? "", /^\{\n {2}"iso": "/);

      await page.selectOption(".inspector select", "ready");
      await page.click(".inspector >> text=Copy all");
      await page.waitForSelector(".inspector-said:text-is('Copied.')");
      const copied = JSON.parse(String(await page.evaluate("navigator.clipboard.readText()")));
      assert.equal(copied.length, 1);
      assert.deepEqual([copied[0].type, copied[0].from], ["ready", "in"]);
      assert.equal(copied[0].resumeToken, "…");
      await page.selectOption(".inspector select", "");
      await page.fill(".inspector input", "get_current_time");
      assert.deepEqual(
        [...new Set(await page.locator(".events b").allTextContents())],
        ["tool"],
      );

      await page.click("#inspect");
      await page.click("#sound-toggle");
      await page.check("#push-to-talk");
      await page.focus("#transcript");
      await page.keyboard.down("Space");
      const before = wire.all.length;
      await speakInto(page, SPEECH);
      const later = () => wire.all.slice(before);
      await wire.when(() => later().some(isCallersSpeech));
      await page.keyboard.up("Space");
      await wire.when(() =>
        later().some((message) =>
          message.type === "transcript" && message.role === "agent" && message.final
        )
      );
      await page.click("#stop");
    });
  },
);

function isCallersSpeech(message: ServerMessage | ClientMessage): boolean {
  return message.type === "speaking" && message.who === "caller" && message.on;
}
