import assert from "node:assert/strict";
import { readingOf } from "../support/agents/agentFolder.ts";
import { noUsage } from "../../src/services/store/calls/callRecord.ts";
import { ADMIN, ALICE } from "../support/servers/apiServer.ts";
import { browserTests } from "../support/browser/browser.ts";
import { NOW, type PageVisit, visitPage } from "../support/servers/pageServer.ts";
import { said } from "../support/store/storedCalls.ts";
import { until } from "../support/until.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

browserTests("page: records", {
  "page shows what is wrong with agents, and their versions in the records": (browser) => {
    const broken = readingOf("receptionist", "---\ntitel: Desk\n---\nHelp.");
    const good = readingOf("receptionist", "---\ntitle: Desk\n---\nHelp.");
    assert.ok(good.result.ok);
    const agents = [{ name: "receptionist", agent: good.result.agent, reading: broken }];
    return visitPage({ browser, hash: "#records", agents }, async (visit) => {
      const { page, remember, store, go, complaints } = visit;
      await page.waitForSelector("#agent-problems:not([hidden])");
      const told = await page.locator("#agent-problems p").allInnerTexts();
      assert.match(told[0] ?? "", /^Desk version [0-9a-f]{12} stays in use$/);
      assert.ok(
        told.includes("receptionist.md: Line 2: titel: is not known; did you mean title?"),
        told.join("\n"),
      );
      await remember({ id: "call_v1", startedAt: NOW }, {});
      const changes = { agentVersion: "0123456789ab" };
      await store.calls.write([{ type: "changed", callId: "call_v1", changes }]);
      await go("records/call_v1");
      await page.waitForSelector("#record-id:not(:empty)");
      assert.match(await page.textContent("#record-id") ?? "", /receptionist 0123456789ab/);
      assert.deepEqual(complaints, []);
    });
  },
  "page lists the records by day, with filters and pages": (browser) =>
    visitPage({ browser, hash: "#records" }, async ({ page, remember, go, complaints }) => {
      await page.waitForSelector("#records-empty:not([hidden])");
      assert.match(await page.textContent("#records-empty") ?? "", /no calls yet.*Talk/);

      const unknown = {
        usd: null,
        parts: { text: null, audio: null, transcription: 0, telephony: null },
      };
      await remember({
        id: "call_in",
        direction: "inbound",
        from: "+14155550123",
        startedAt: NOW - MINUTE_MS,
      }, {
        end: { reason: "model_failed", detail: "insufficient_quota" },
        durationMs: 95_000,
        latenciesMs: [600, 700, 900],
        cost: { usd: 0.0412, parts: { text: 0, audio: 0.0412, transcription: 0, telephony: null } },
      });
      await remember({ id: "call_web", direction: "web", startedAt: NOW - DAY_MS }, {
        cost: unknown,
      });
      for (let i = 0; i < 60; i++) {
        const startedAt = NOW - 40 * DAY_MS - i * MINUTE_MS;
        await remember({ id: `call_old${i}`, to: "+4930901820", agent: "clerk", startedAt }, {
          end: { reason: "not_answered", detail: "busy" },
        });
      }
      await go("talk");
      await go("records");
      await page.waitForSelector("#records-list li");
      const figures = await page.locator("#records-figures > div").allInnerTexts();
      assert.deepEqual(figures.map((text) => text.replace(/\s+/g, " ").trim()), [
        "Calls 2",
        "Minutes 2.6",
        "Cost $0.041 and 1 without a price",
        "Median latency 700 ms",
      ]);
      assert.deepEqual(await page.locator("#records-list h2").allInnerTexts(), [
        "Today",
        "Yesterday",
        "Monday, November 23, 2026",
      ]);
      const rows = (await page.locator("#records-list li").allInnerTexts())
        .map((text) => text.replace(/\s+/g, " ").trim());
      assert.equal(rows.length, 50);
      assert.deepEqual(rows.slice(0, 3), [
        "11:59 +14155550123 Called in · Receptionist The server's OpenAI account has no credit left 1:35 $0.041",
        "12:00 Browser Web call · Receptionist The caller hung up 1:00 —",
        "12:00 +4930901820 Called out · Clerk The line was busy $0.020",
      ]);
      await page.click("#records-older");
      await page.waitForSelector("#records-older", { state: "hidden" });
      assert.equal(await page.locator("#records-list li").count(), 62);

      await page.selectOption("select[name=direction]", "web");
      await page.waitForSelector("#records-list h2:first-child:text-is('Yesterday')");
      assert.equal(await page.locator("#records-list li").count(), 1);
      await page.selectOption("select[name=agent]", "clerk");
      await page.waitForSelector("#records-empty:not([hidden])");
      await page.click("#records-empty a");
      await page.waitForSelector("#records-empty", { state: "hidden" });
      await page.selectOption("select[name=days]", "7");
      await page.waitForSelector("#records-list h2:nth-of-type(3)", { state: "detached" });
      assert.equal(await page.locator("#records-list li").count(), 2);
      assert.deepEqual(complaints, []);
    }),

  "page finds yesterday's call in which the customer said a word, and saves what it finds": (
    browser,
  ) =>
    visitPage({ browser, hash: "#records" }, async (visit) => {
      const { page, complaints } = visit;
      await rememberRefunds(visit);
      const search = page.getByRole("searchbox", { name: "Find calls" });
      await search.fill("refund");
      await page.selectOption("select[name=days]", "dates");
      await page.waitForSelector("#records-dates:not([hidden])");
      await page.fill("input[name=from]", "2027-01-01");
      await page.fill("input[name=to]", "2027-01-01");
      await page.waitForFunction("location.hash.includes('to=2027-01-01')");
      await page.click("#records-more summary");
      await page.selectOption("select[name=saidBy]", "caller");
      await page.waitForSelector("#records-found:text-is('1 call matches')");
      const row = page.locator("#records-list li");
      assert.equal(await row.count(), 1);
      assert.equal(
        (await row.locator(".found").innerText()).replace(/\s+/g, " "),
        "Caller 0:04 I'd like a <b>refund</b> for order 48213.",
      );
      assert.deepEqual(await row.locator("mark").allInnerTexts(), ["refund"]);
      assert.match(page.url(), /#records\?search=refund&days=dates.*from=2027-01-01&to=2027-01-01/);

      const awaited = page.waitForEvent("download");
      await page.click("#records-table");
      const file = await Deno.readTextFile(await (await awaited).path());
      assert.deepEqual(file.trim().split("\r\n").map((line) => line.split(",")[0]), [
        "id",
        "call_yesterday",
      ]);

      // The filters are those of the URL, also when the page is loaded again.
      await page.reload();
      await page.waitForSelector("#records-list mark");
      assert.equal(await search.inputValue(), "refund");
      assert.equal(await page.inputValue("input[name=from]"), "2027-01-01");
      assert.equal(await page.inputValue("select[name=saidBy]"), "caller");
      assert.deepEqual(complaints, []);
    }),

  "page tells numbers from words, sorts, and says what to do where nothing is found": (browser) =>
    visitPage({ browser, hash: "#records" }, async (visit) => {
      const { page, complaints } = visit;
      await rememberRefunds(visit);
      const found = async (text: string, numbers: readonly string[]) => {
        await page.fill("input[name=search]", text);
        await page.keyboard.press("Enter");
        const shown = await until(
          () => page.locator("#records-list li .who").allInnerTexts(),
          (shown) => shown.join() === numbers.join(),
        );
        const matches = shown.length === 1 ? "1 call matches" : `${shown.length} calls match`;
        await page.waitForSelector(`#records-found:text-is('${matches}')`);
      };
      await found("refund", ["+14155550188", "+14155550123"]);
      await found("(0123)", ["+14155550123"]);
      await found("+1 415 555-0188", ["+14155550188"]);
      await found('"48213"', ["+14155550123"]);

      await page.fill("input[name=search]", "48213");
      await page.keyboard.press("Enter");
      await page.waitForSelector("#records-empty:not([hidden]):has-text('quotes around a number')");
      await page.fill("input[name=search]", "no such words");
      await page.keyboard.press("Enter");
      await page.waitForSelector("#records-empty:has-text('Try fewer words')");
      await page.fill("input[name=search]", "...");
      await page.keyboard.press("Enter");
      await page.waitForSelector("#records-problem:has-text('one to twelve words')");
      await page.click("#records-empty a");
      await page.waitForSelector("#records-list h2");
      assert.equal(await page.textContent("#records-problem"), "");

      await page.selectOption("select[name=sort]", "longest");
      await page.waitForSelector("#records-list .who:text-is('+14155550188')");
      await page.waitForSelector("#records-list h2", { state: "detached" });
      assert.match(
        await page.locator("#records-list li").first().innerText(),
        /\+14155550123\s+Called in · Receptionist · Yesterday/,
      );
      assert.deepEqual(complaints.filter((text) => !text.includes("422")), []);
    }),

  "page files a call under tags, and finds calls by them": (browser) =>
    visitPage({ browser }, async (visit) => {
      const { page, go, complaints } = visit;
      await rememberRefunds(visit);
      await go("records/call_yesterday");
      const field = page.getByRole("combobox", { name: "New tag" });
      await field.fill("Complaint");
      await page.keyboard.press("Enter");
      await page.waitForSelector("#record-tags li:has-text('complaint')");
      await field.fill("to call back");
      await page.click("#record-tags button:text-is('Add tag')");
      await page.waitForSelector("#record-tags li:nth-child(2)");
      await field.fill("<b>");
      await page.keyboard.press("Enter");
      await page.waitForSelector("#record-tags [role=alert]:has-text('letters, digits')");
      await page.getByRole("button", { name: "Remove the tag to call back" }).click();
      await page.waitForSelector("#record-tags li:nth-child(2)", { state: "detached" });
      await page.click("#record-tags li a");
      await page.waitForSelector("#records-found:text-is('1 call matches')");
      assert.equal(await page.inputValue("select[name=tag]"), "complaint");
      assert.equal(await page.innerText("#records-list .tags"), "complaint");
      assert.deepEqual(complaints.filter((text) => !text.includes("422")), []);
    }),

  "page shows a record: end, transcript, tools, latencies, tokens and cost": (browser) =>
    visitPage({ browser }, async (visit) => {
      const { page, go, complaints } = visit;
      await rememberConversation(visit);
      await go("records/call_one");
      await page.waitForSelector("#record-transcript .line");
      assert.equal(await page.textContent("#record-who"), "+14155550123");
      assert.equal(
        await page.textContent("#record-way"),
        "Called out · Receptionist · from +14155550100 · Today, 11:00",
      );
      assert.equal(
        await page.textContent("#record-end"),
        "A person answered. The agent ended the call.",
      );
      const rows = await page.locator("#record-transcript li").allInnerTexts();
      assert.deepEqual(rows.map((row) => row.replace(/\s+/g, " ").trim()), [
        "0:01 Agent Good morning.",
        "0:03 Caller Is <b>eight</b> free? card number.",
        "0:05 uses find_table failed after 1.2 s",
        "0:05 The agent asked for a transfer to sales.",
        "0:06 The transfer to sales failed: nobody answered.",
        "0:06 The caller is with the agent again.",
        "0:07 Clerk I could not find cut off here 640 ms",
      ]);
      assert.deepEqual(await page.locator(".redacted").allInnerTexts(), ["card number"]);
      const figures = await page.locator("#record-figures > div").allInnerTexts();
      assert.deepEqual(figures.map((text) => text.replace(/\s+/g, " ").trim()), [
        "Length 1:00",
        "Cost — no price known",
        "Tokens 1,500",
        "Median latency 640 ms",
      ]);
      await page.click("#record-cost summary");
      const table = await page.locator("#record-cost tbody tr").allInnerTexts();
      assert.deepEqual(table.map((row) => row.replace(/\s+/g, " ").trim()), [
        "Text 1,000 400 500 $0.0123",
        "Audio 0 0 0 —",
        "Transcription 12 s $0",
        "Telephony —",
      ]);
      assert.match(
        await page.locator("#record-cost p").innerText(),
        / saved about 850 tokens of input, but cost about \$0\.0020 more\.$/,
      );
      await page.click("#record-heard summary:text-is('Transfers: 1')");
      assert.equal(
        (await page.locator("#record-heard tbody tr").innerText()).replace(/\s+/g, " "),
        "sales 0:05 0:06 nobody answered",
      );
      await page.click("#record-latency summary");
      assert.match(
        await page.locator("#record-latency tbody tr").innerText(),
        /0:07\s+400 ms\s+200 ms\s+40 ms\s+640 ms/,
      );

      for (const [name, beginning] of [["Text", "[00:01] Agent: Good"], ["WebVTT", "WEBVTT"]]) {
        const awaited = page.waitForEvent("download");
        await page.click(`#record-downloads button:text-is('${name}')`);
        const file = await (await awaited).path();
        assert.ok((await Deno.readTextFile(file)).startsWith(beginning ?? ""), name);
      }
      assert.deepEqual(complaints, []);
    }),

  "page shows the analysis of a call, where each value was said, and finds calls by it": (
    browser,
  ) =>
    visitPage({ browser }, async (visit) => {
      const { page, go, store, remember, complaints } = visit;
      await rememberConversation(visit);
      await remember({ id: "call_two", startedAt: NOW - DAY_MS }, {});
      await store.analyses.enqueue("call_one", NOW);
      await go("records/call_one");
      await page.waitForSelector("#record-analysis:has-text('Being made')");
      const [claim] = await store.analyses.claim(NOW, { limit: 1, leaseMs: 1 });
      await store.analyses.finish(claim!, {
        state: "done",
        counted: new Set(),
        result: {
          summary: "They asked for <b>eight</b>.",
          fields: {
            wants_table: { value: true, turnId: "b", atMs: 3000 },
            guests: { value: null },
          },
          success: { found: { result: "fail", reason: "No table.", turnId: "c", atMs: 7000 } },
          passed: false,
        },
      }, {
        now: NOW,
        spent: { model: "gpt-5-mini", inputTokens: 9, outputTokens: 1, usd: 0.002 },
      });
      // The page asks again by itself.
      await page.clock.runFor(4000);
      await page.waitForSelector("#record-analysis .summary");
      const shown = (await page.locator("#record-analysis").innerText()).replace(/\s+/g, " ");
      assert.equal(
        shown.trim(),
        "Analysis Not passed They asked for <b>eight</b>. Wants table Yes 0:03 Guests — " +
          "Found Failed: No table. 0:07",
      );
      await page.click("#record-analysis button:text-is('0:03')");
      await page.waitForSelector(".line.revealed:has-text('Is <b>eight</b> free?')");
      assert.equal(await page.locator(".revealed").count(), 1);
      await page.click("#record-cost summary");
      assert.match(await page.locator("#record-cost tbody").innerText(), /Analysis\s+\$0\.0020/);

      await go("records");
      await page.waitForSelector("#records-list .verdict.fail");
      assert.equal(await page.locator("#records-list li").count(), 2);
      await page.click("#records-more summary");
      await page.selectOption("select[name=passed]", "true");
      await page.waitForSelector("#records-empty:not([hidden])");
      await page.selectOption("select[name=passed]", "false");
      await page.waitForSelector("#records-list li");
      assert.equal(await page.locator("#records-list li").count(), 1);
      assert.deepEqual(complaints, []);
    }),

  "page asks for the API key, refuses wrong ones, and shows each key its own calls": (browser) =>
    visitPage({ browser, keyed: true, hash: "#records" }, async ({ page, remember }) => {
      await remember({ id: "call_alice", keyName: "alice", to: "+14155550123" }, {});
      await remember({ id: "call_bob", keyName: "bob", to: "+14155550188" }, {});
      await page.waitForSelector("#gate:not([hidden])");
      assert.equal(await page.textContent("#gate-problem"), "");
      await page.fill("#gate-key", "guessed-secret-0123456789");
      await page.keyboard.press("Enter");
      await page.waitForSelector("#gate-problem:not(:empty)");
      assert.equal(await page.textContent("#gate-problem"), "The server does not know this key.");
      await page.fill("#gate-key", ALICE);
      await page.keyboard.press("Enter");
      await page.waitForSelector("#records-list li");
      assert.deepEqual(await page.locator("#records-list .who").allInnerTexts(), ["+14155550123"]);

      await page.evaluate(`sessionStorage.setItem("parley.key", ${JSON.stringify(ADMIN)})`);
      await page.click("nav a[href='#calls']");
      await page.waitForSelector("#calls-empty:not([hidden])");
      await page.click("nav a[href='#records']");
      await page.waitForSelector("#records-list li:nth-child(2)");
      await page.goto(new URL("#records/call_nobody", page.url()).href);
      await page.waitForSelector("#trouble:not([hidden])");
      assert.equal(await page.textContent("#trouble-text"), "There is no such call.");
    }),
});

/** Today's agent and yesterday's caller say "refund", and two others do not. */
async function rememberRefunds({ remember, store }: PageVisit): Promise<void> {
  const inbound = { direction: "inbound" } as const;
  const lines = [
    ["call_yesterday", "caller", "+14155550123", "I'd like a <b>refund</b> for order 48213.", 1],
    ["call_today", "agent", "+14155550188", "A refund takes two days.", 0],
    ["call_other", "caller", "+14155550199", "Where is my order?", 1],
    ["call_older", "caller", "+14155550177", "Good morning.", 20],
  ] as const;
  for (const [id, role, from, text, daysAgo] of lines) {
    const startedAt = NOW - daysAgo * DAY_MS;
    await remember({ id, ...inbound, from, startedAt }, {
      durationMs: id === "call_yesterday" ? 2 * MINUTE_MS : MINUTE_MS,
    });
    await store.calls.write([said(id, { id: "a", role, text, startedMs: 4000 })]);
  }
  while (await store.words.update(10) > 0);
}

async function rememberConversation({ remember, store }: PageVisit): Promise<void> {
  const callId = "call_one";
  const [from, to] = ["+14155550100", "+14155550123"];
  await remember({ id: callId, from, to, startedAt: NOW - 60 * MINUTE_MS });
  const tool = { callId, toolCallId: "t", name: "find_table" };
  const latency = { responseMs: 400, firstAudioMs: 200, firstHeardMs: 40, totalMs: 640 };
  const transfer = { type: "transfer", callId, number: 1, alias: "sales", mode: "cold" } as const;
  await store.calls.write([
    {
      type: "changed",
      callId,
      changes: { outcome: "human", answeredAt: NOW - MINUTE_MS },
    },
    said(callId, { id: "a", role: "agent", position: 0, text: "Good morning.", startedMs: 1000 }),
    said(callId, {
      id: "b",
      position: 1,
      text: "Is <b>eight</b> free? [card number].",
      startedMs: 3000,
    }),
    said(callId, {
      id: "c",
      role: "agent",
      agent: "clerk",
      position: 2,
      text: "I could not find",
      interrupted: true,
      startedMs: 7000,
    }),
    { type: "toolStarted", ...tool, arguments: '{"time":"20:00"}', startedMs: 5000 },
    { type: "toolEnded", ...tool, ok: false, output: "timeout", durationMs: 1200, atMs: 6200 },
    { type: "latency", callId, itemId: "c", sequence: 0, latency },
    { ...transfer, step: "requested", by: "agent", at: NOW - MINUTE_MS + 5500 },
    { ...transfer, step: "failed", why: "no_answer", at: NOW - MINUTE_MS + 6500 },
    {
      type: "ended",
      callId,
      ending: {
        end: { reason: "agent_hung_up" },
        endedAt: NOW,
        durationMs: MINUTE_MS,
        usage: {
          ...noUsage,
          inputText: 1000,
          cachedText: 400,
          outputText: 500,
          transcriptionSeconds: 12,
        },
        cost: {
          usd: null,
          parts: { text: 0.0123, audio: null, transcription: 0, telephony: null },
        },
        savings: {
          inputText: -50,
          inputAudio: 900,
          cachedText: -50,
          cachedAudio: 800,
          usd: -0.002,
        },
        latency: { turns: 1, p50Ms: 640, p95Ms: 640 },
        latenciesMs: [640],
      },
    },
  ]);
}
