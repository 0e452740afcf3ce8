import assert from "node:assert/strict";
import type { CallEvent } from "../../src/call/callEvent.ts";
import { type Browser, browserTests, openPage } from "../support/browser/browser.ts";
import { heardSaying, published, recordOf, startPhoneRig } from "../support/servers/phoneRig.ts";
import { NOW, visitPage } from "../support/servers/pageServer.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { said } from "../support/store/storedCalls.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const MINUTE_MS = 60_000;
const sales = "+14155550199";

type Page = Awaited<ReturnType<typeof openPage>>["page"];

browserTests("page: timeline", {
  "page shows each step of a transfer at its moment, live and in the record": async (browser) => {
    await using rig = await startPhoneRig({
      agent: `greeting: Good day.
transfers: { sales: { number: "${sales}", sentence: One moment. } }`,
      network: { numbers: { [sales]: { answer: "no-answer" } } },
    });
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good day/);
    const { page, complaints, close } = await openKeyed(browser);
    try {
      await page.goto(`${rig.server.origin}/#calls/${talk.callId}`);
      await page.waitForSelector("#call-transcript .line");
      const body = { type: "transfer", to: "sales" };
      const asked = await rig.server.post(`/api/calls/${talk.callId}/actions`, body);
      assert.equal(asked.status, 202, await asked.text());
      await page.waitForSelector("#call-transcript .note:has-text('It rings at sales')");
      const person = await rig.server.network.nextLeg();
      person.finish({ status: "busy", reason: "the person declined the call" });
      await page.waitForSelector("#call-transcript .note:has-text('with the agent again')");
      const steps = [
        "An operator asked for a transfer to sales.",
        "It rings at sales.",
        "The transfer to sales failed: the line was busy.",
        "The caller is with the agent again.",
      ];
      assert.deepEqual(await notesOf(page, "#call-transcript"), steps);
      await heardSaying(rig, talk.callId, /^(?!Good|One)/);
      await hangUp(talk.phone);
      await published(rig, talk.callId, "ended");
      await recordOf(rig, talk.callId);

      await page.goto(`${rig.server.origin}/#records/${talk.callId}`);
      await page.waitForSelector("#record-transcript .line");
      assert.deepEqual(await notesOf(page, "#record-transcript"), steps);
      const rows = await rowsOf(page, "#record-transcript");
      const [greeting, back] = [/Good day/, /with the agent again/]
        .map((text) => rows.findIndex((row) => text.test(row)));
      const last = rows.findLastIndex((row) => / Agent /.test(row));
      assert.ok(greeting! < back! && back! < last, rows.join("\n"));
      assert.deepEqual(complaints, []);
    } finally {
      await close();
    }
  },

  "page tells who picked up, pauses and consent in a record, on a narrow screen as well": (
    browser,
  ) =>
    visitPage({ browser, hash: "#calls" }, async ({ page, remember, store, go, complaints }) => {
      const callId = "call_out";
      // It was asked for long before it was dialled.
      const asked = { direction: "outbound", startedAt: NOW - 60 * MINUTE_MS } as const;
      await remember({ id: callId, to: "+14155550123", ...asked });
      const transfer = {
        type: "transfer",
        callId,
        number: 1,
        alias: "sales",
        mode: "warm",
      } as const;
      const began = NOW - 2 * MINUTE_MS;
      await store.calls.write([
        {
          type: "changed",
          callId,
          changes: {
            pickups: [
              { who: "machine", why: "long_greeting", atMs: 4500 },
              { who: "person", why: "no_beep", atMs: 7000 },
            ],
          },
        },
        said(callId, { id: "a", role: "agent", text: "This call is recorded.", startedMs: 8000 }),
        said(callId, { id: "b", position: 2, text: "Yes, fine.", startedMs: 11_000 }),
        said(callId, { id: "c", position: 3, text: "4111", startedMs: 21_000 }),
        { ...transfer, step: "requested", by: "agent", at: began + 40_000 },
        { ...transfer, step: "ringing", target: 0, at: began + 41_000 },
        { ...transfer, step: "answered", target: 0, at: began + 50_000 },
        { ...transfer, step: "accepted", target: 0, at: began + 58_000 },
        { ...transfer, step: "connected", target: 0, at: began + 60_000 },
        { ...transfer, step: "ended", spokeMs: 30_000, at: began + 90_000 },
        said(callId, {
          id: "d",
          position: 4,
          role: "agent",
          text: "Anything else?",
          startedMs: 91_000,
        }),
        {
          type: "recording",
          callId,
          instanceId: "i",
          status: {
            state: "stopped",
            atMs: 120_000,
            spans: [
              { kind: "recorded", fromMs: 12_000, toMs: 20_000 },
              { kind: "paused", fromMs: 20_000, toMs: 30_000 },
              { kind: "recorded", fromMs: 30_000, toMs: 120_000 },
            ],
            consent: { kind: "agreed", atMs: 11_900, announcement: "Is that fine?", words: "Yes" },
          },
        },
      ]);
      await remember({ id: callId, ...asked }, { endedAt: NOW, durationMs: 2 * MINUTE_MS });
      const shown = [
        "0:04 An answering machine is on the line (the greeting was as long as a recorded one).",
        "0:07 A person is on the line (no beep came after the greeting).",
        "0:08 Agent This call is recorded.",
        "0:11 Caller Yes, fine.",
        "0:11 The caller agreed to the recording: “Yes”.",
        "0:12 The recording begins.",
        "0:20 The recording is paused.",
        "0:21 Caller 4111",
        "0:30 The recording goes on.",
        "0:40 The agent asked for a transfer to sales.",
        "0:41 It rings at sales.",
        "0:50 sales has picked up, and is told of the caller.",
        "0:58 sales takes the call.",
        "1:00 The caller talks with sales.",
        "1:30 The caller talked with sales for 0:30.",
        "1:30 The caller is with the agent again.",
        "1:31 Agent Anything else?",
      ];
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 800 });
        await go("records");
        await page.waitForSelector("#records-list li");
        await go(`records/${callId}`);
        await page.waitForSelector("#record-transcript .line");
        assert.deepEqual(await rowsOf(page, "#record-transcript"), shown);
        assert.equal(await page.evaluate("document.body.scrollWidth > innerWidth"), false);
      }
      // There is no file of the recording, so that its picture is not found.
      assert.deepEqual(complaints.filter((text) => !text.includes("404 (Not Found)")), []);
    }),

  "page tells in a live call who picked up, and what became of recording and hold": (browser) =>
    visitPage({ browser, hash: "#calls" }, async ({ page, begin, events, complaints }) => {
      await begin("call_one", { direction: "outbound", caller: "+14155550123" });
      await page.click(".live a");
      const happen = (event: CallEvent) => events.publish("call_one", event);
      happen({ type: "pickup", who: "screener", why: "words", atMs: 2000 });
      happen({ type: "pickup", who: "person", why: "spoke", atMs: 9000 });
      const consent = { kind: "announced", atMs: 9500, announcement: "It is recorded." } as const;
      const first = { kind: "recorded", fromMs: 9500 } as const;
      happen({ type: "recording", state: "on", atMs: 9500, consent, spans: [first] });
      const spans = [{ ...first, toMs: 12_000 }, { kind: "paused", fromMs: 12_000 }] as const;
      happen({ type: "recording", state: "paused", by: "agent", atMs: 12_000, consent, spans });
      happen({ type: "optedOut", by: "word", words: "Stop calling me." });
      await page.waitForSelector("#call-transcript .note:has-text('no more calls')");
      assert.deepEqual(await notesOf(page, "#call-transcript"), [
        "A call screener, which asks who is calling, is on the line (by what was said).",
        "A person is on the line (somebody spoke in the middle).",
        "The caller has heard that the call is recorded.",
        "The recording begins.",
        "The recording is paused.",
        "The person wants no more calls (“Stop calling me.”).",
      ]);
      const transfer = { type: "transfer", number: 1, alias: "sales", mode: "cold" } as const;
      happen({ ...transfer, step: "ringing", target: 1 });
      await page.waitForSelector(
        "#call-status:text-is('The caller waits while a person is called')",
      );
      happen({ ...transfer, step: "connected", target: 1 });
      await page.waitForSelector("#call-status:text-is('The caller talks with a person')");
      happen({ ...transfer, step: "ended", spokeMs: 61_000 });
      await page.waitForSelector("#call-status:text-is('Nobody is speaking')");
      assert.deepEqual((await notesOf(page, "#call-transcript")).slice(6), [
        "It rings at sales, number 2 of the list.",
        "The caller talks with sales.",
        "The caller talked with sales for 1:01.",
      ]);
      assert.deepEqual(complaints, []);
    }),
});

async function openKeyed(browser: Browser) {
  const opened = await openPage("about:blank", { browser });
  await opened.page.addInitScript(
    (key: string) => sessionStorage.setItem("parley.key", key),
    apiKey,
  );
  return opened;
}

async function notesOf(page: Page, list: string): Promise<readonly string[]> {
  return await page.locator(`${list} .note .words`).allInnerTexts();
}

async function rowsOf(page: Page, list: string): Promise<readonly string[]> {
  const rows = await page.locator(`${list} li`).allInnerTexts();
  return rows.map((row) => row.replace(/\s+/g, " ").trim());
}
