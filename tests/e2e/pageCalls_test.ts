import assert from "node:assert/strict";
import type { TranscriptTurn } from "../../src/call/callEvent.ts";
import { readingOf } from "../support/agents/agentFolder.ts";
import { browserTests } from "../support/browser/browser.ts";
import { BARRED } from "../support/servers/apiServer.ts";
import { NOW, visitPage } from "../support/servers/pageServer.ts";
import { turn } from "../support/store/storedCalls.ts";

function lineOf(id: string, position: number, more: Partial<TranscriptTurn>): TranscriptTurn {
  return turn({ id, position, role: "agent", text: "", startedMs: position * 2000, ...more });
}

const reading = readingOf(
  "receptionist",
  "---\ntitle: Receptionist\ntransfers: { sales: { number: '+14155550199' } }\n---\nYou answer the phone.\n",
);
assert.ok(reading.result.ok);
const receptionist = { name: "receptionist", agent: reading.result.agent, reading };

browserTests("page: live calls", {
  "page lists live calls as they start, speak and end": (browser) =>
    visitPage(
      { browser, hash: "#calls" },
      async ({ page, begin, remember, events, complaints }) => {
        await page.waitForSelector("#calls-empty:not([hidden])");
        await begin("call_in", { caller: "+14155550123", called: "+14155550100" });
        await begin("call_web", { direction: "web", agent: "clerk" });
        await page.waitForSelector(".live .who:text-is('+14155550123')");
        await page.waitForSelector("#calls-count:text-is('2 calls')");
        assert.ok(await page.isHidden("#calls-empty"));

        events.publish("call_web", { type: "speaking", who: "caller", on: true });
        events.publish("call_web", {
          type: "turn",
          turn: lineOf("a", 0, { role: "caller", text: "Are you <b>there</b>?" }),
        });
        await page.waitForSelector(".live .state:text-is('Caller speaks')");
        await page.waitForSelector(".live .last.caller");
        const rows = await page.locator(".live li").allInnerTexts();
        assert.deepEqual(rows.map((row) => row.replace(/\s+/g, " ").trim()), [
          "0:00 +14155550123 Silence Called in · Receptionist",
          "0:00 Browser Caller speaks Web call · Clerk Are you <b>there</b>?",
        ]);
        await page.clock.setFixedTime(NOW + 83_000);
        await page.waitForSelector(".live .at:text-is('1:23')");

        const rings = {
          id: "call_out",
          to: "+4930901820",
          status: "ringing",
          startedAt: NOW,
        } as const;
        await remember(rings);
        events.publish("call_in", { type: "connected", format: "pcmu" });
        await page.waitForSelector(".live .state:text-is('Ringing')");
        const end = { reason: "caller_hung_up" } as const;
        events.publish("call_in", { type: "ended", end, durationMs: 83_000 });
        await page.waitForSelector("#calls-count:text-is('2 calls')");
        assert.equal(await page.locator(".live .who:text-is('+14155550123')").count(), 0);
        assert.deepEqual(complaints, []);
      },
    ),

  "page follows a call from its start, acts on it, and shows how it ended": (browser) =>
    visitPage(
      { browser, hash: "#calls", agents: [receptionist] },
      async ({ page, begin, events, complaints, ...visit }) => {
        const call = await begin("call_one", { caller: "+14155550123" });
        const said = (line: TranscriptTurn) =>
          events.publish("call_one", { type: "turn", turn: line });
        said(lineOf("a", 0, { text: "Hello, how can I help you?" }));
        await page.click(".live a");
        await page.waitForSelector("#call-transcript .line");
        assert.equal(await page.textContent("#call-who"), "+14155550123");
        const tool = { toolCallId: "t", name: "find_table" };
        events.publish("call_one", { type: "toolStarted", ...tool, arguments: '{"guests":4}' });
        events.publish("call_one", {
          type: "toolEnded",
          ...tool,
          ok: true,
          output: "none",
          durationMs: 40,
        });
        said(lineOf("c", 2, { text: "There is a table at", interrupted: true }));
        said(lineOf("b", 1, { role: "caller", text: "A table for four." }));
        events.publish("call_one", { type: "speaking", who: "agent", on: true });
        await page.waitForSelector("#call-status:text-is('The agent is speaking')");
        const rows = await page.locator("#call-transcript li").allInnerTexts();
        assert.deepEqual(rows.map((row) => row.replace(/\s+/g, " ").trim()), [
          "0:00 Agent Hello, how can I help you?",
          "0:00 uses find_table 40 ms",
          "0:02 Caller A table for four.",
          "0:04 Agent There is a table at cut off here",
        ]);

        await page.fill("#say-form input", "One moment, please.");
        await page.keyboard.press("Enter");
        await page.waitForSelector("#call-answer:text-is('The agent will say it.')");
        await page.click("#transfer-caller");
        await page.waitForSelector("#transfer-names option:text-is('sales')", {
          state: "attached",
        });
        await page.selectOption("#transfer-names", "");
        await page.fill("#transfer-number", BARRED);
        await page.keyboard.press("Enter");
        await page.waitForSelector("#call-answer.problem:not(:empty)");
        assert.match(await page.textContent("#call-answer") ?? "", /may not be dialled\.$/);
        await page.click("#transfer-caller");
        await page.waitForSelector("#transfer-names option:text-is('sales')", {
          state: "attached",
        });
        await page.click("#transfer-form .primary");
        await page.waitForSelector("#call-answer:text-is('The caller is being put through.')");
        const transfer = { type: "transfer", number: 1, alias: "sales", mode: "cold" } as const;
        events.publish("call_one", { ...transfer, step: "requested", by: "operator" });
        call.transferState = "requested";
        await page.click("#change-transfer:text-is('Stop calling')");
        await page.waitForSelector("#call-answer:text-is('Nobody is called any more.')");
        events.publish("call_one", { ...transfer, step: "failed", why: "busy" });
        await page.waitForSelector("text=The transfer to sales failed: the line was busy.");
        assert.ok(await page.isHidden("#change-transfer"));
        await page.fill("#say-form input", "Still here.");
        await page.keyboard.press("Enter");
        await page.waitForSelector("#call-answer:text-is('The agent will say it.')");
        const asking = { ...transfer, number: 2, mode: "conference" } as const;
        events.publish("call_one", { ...asking, step: "ringing", target: 0 });
        call.transferState = "asking";
        await page.click("#change-transfer:text-is('Stop calling')");
        await page.waitForSelector("#call-answer:text-is('Nobody is called any more.')");
        events.publish("call_one", { ...asking, number: 3, step: "connected", target: 0 });
        call.transferState = "together";
        await page.click("#change-transfer:text-is('Have the agent leave')");
        await page.waitForSelector("#call-answer:text-is('The agent leaves the two alone.')");
        await page.click("#end-call");
        await page.click("#hang-up-dialog button[type=submit]");
        await page.waitForSelector("#call-answer:text-is('Hanging up…')");
        assert.deepEqual(call.inputs, [
          { type: "sayAsked", text: "One moment, please." },
          { type: "transferAsked", alias: "sales" },
          { type: "transferCancelled" },
          { type: "sayAsked", text: "Still here." },
          { type: "transferCancelled" },
          { type: "roomLeft" },
          { type: "hangUp", end: { reason: "operator_hung_up" } },
        ]);

        const end = { reason: "operator_hung_up" } as const;
        await visit.remember({ id: "call_one" }, { end, durationMs: 9000 });
        events.publish("call_one", { type: "ended", end, durationMs: 9000 });
        await page.waitForSelector("#call-status a");
        assert.match(await page.textContent("#call-status") ?? "", /^An operator hung up\./);
        assert.ok(await page.isHidden("#call-desk"));
        await page.click("#call-status a");
        await page.waitForSelector("#record:not([hidden])");
        // The one refusal is what was asked for.
        assert.equal(complaints.filter((text) => !text.includes("403")).length, 0, `${complaints}`);
      },
    ),

  "page misses no events while its connection is down": (browser) =>
    visitPage({ browser, hash: "#calls" }, async ({ page, begin, events, go, breakOff }) => {
      await begin("call_one", { direction: "web" });
      await go("calls/call_one");
      events.publish("call_one", { type: "turn", turn: lineOf("a", 0, { text: "Before." }) });
      await page.waitForSelector("#call-transcript .line");
      const again = page.waitForRequest((request) =>
        request.headers()["last-event-id"] === "run1-2"
      );
      const mend = breakOff();
      await page.waitForSelector("#call[data-state=wait]");
      assert.match(await page.textContent("#call-status") ?? "", /^The server does not answer/);
      events.publish("call_one", { type: "turn", turn: lineOf("b", 1, { text: "Meanwhile." }) });
      await again;
      mend();
      await page.waitForSelector("#call-transcript .line:nth-child(2)");
      assert.deepEqual(await page.locator("#call-transcript .words").allInnerTexts(), [
        "Before.",
        "Meanwhile.",
      ]);
    }),

  "page is in a call once the server is ready, and loses no typed text": (browser) =>
    visitPage({ browser }, async ({ page, conversations, complaints }) => {
      const held: (() => void)[] = [];
      const connected = Promise.withResolvers<void>();
      await page.routeWebSocket(/\/web$/, (socket) => {
        const server = socket.connectToServer();
        server.onMessage((message) => {
          held.push(() => socket.send(message));
          connected.resolve();
        });
      });
      await page.reload();
      await page.click("#start-typing");
      await connected.promise;
      assert.equal(await page.getAttribute("body", "data-phase"), "starting");
      assert.equal(await page.textContent("#status"), "Connecting…");
      assert.ok(await page.isHidden("#desk"));
      for (const pass of held) pass();
      await page.fill("#text", "Hello?");
      await page.keyboard.press("Enter");
      assert.equal((await conversations[0]?.given("typed"))?.text, "Hello?");
      assert.equal(await page.textContent("#status"), "Waiting for what you type");
      assert.deepEqual(complaints, []);
    }),

  "page shows that the server refused its call, and lets the caller try again": (browser) =>
    visitPage({ browser }, async ({ page, conversations }) => {
      const path = "/api/web/session";
      await page.route(`**${path}`, (route) => route.fulfill({ json: { token: "unknown" } }));
      await page.click("#start-typing");
      await page.waitForSelector("#problem:not(:empty)");
      assert.match(await page.textContent("#problem") ?? "", /did not take the call/);
      assert.equal(await page.textContent("#status"), "Not in a call");
      assert.equal(conversations.length, 0);
      await page.unroute(`**${path}`);
      await page.click("#start-typing");
      await page.waitForSelector("[data-phase=live]");
      assert.equal(await page.textContent("#problem"), "");
    }),

  "page continues its own call while other views are shown": (browser) =>
    visitPage({ browser }, async ({ page, conversations, complaints }) => {
      await page.click("#start-typing");
      await page.waitForSelector("[data-phase=live]");
      const [call] = conversations;
      assert.ok(call !== undefined);
      await page.click("nav a[href='#records']");
      await page.waitForSelector("#records:not([hidden])");
      assert.ok(await page.isHidden("#desk"));
      assert.match(await page.locator("nav a[href='#talk']").innerText(), /in a call/);
      call.leg.notify({ type: "turn", turn: lineOf("a", 0, { text: "Still there?" }) });
      await page.goBack();
      await page.waitForSelector("#transcript .words:text-is('Still there?')");
      await page.fill("#text", "Yes");
      await page.keyboard.press("Enter");
      assert.equal((await call.given("typed")).text, "Yes");
      assert.ok(!call.inputs.some(({ type }) => type === "left"));
      await page.click("#stop");
      await call.given("left");
      assert.deepEqual(complaints, []);
    }),
});
