import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { closeCodes } from "../../src/protocol/web.ts";
import { present } from "../../src/utils/present.ts";
import { browserTest, openPage } from "../support/browser/browser.ts";
import { confirm } from "../support/browser/returningClient.ts";
import { playedOf, speak } from "../support/browser/talkVisit.ts";
import { openResumed, type WebClient } from "../support/browser/webClient.ts";
import type { RecordingSession } from "../support/call/recordingSession.ts";
import { startTcpProxy, type TcpProxy } from "../support/faults/tcpProxy.ts";
import { startWebServer, type WebServerOptions } from "../support/servers/webServer.ts";
import { turn } from "../support/store/storedCalls.ts";

const SPEECH = new URL("../fixtures/speech/numbers.wav", import.meta.url).pathname;
const AUDIO = new Uint8Array(4800).toBase64();

interface Visit {
  readonly page: Page;
  readonly call: RecordingSession;
  /** Between the page and its server. */
  readonly line: TcpProxy;
  readonly calls: readonly RecordingSession[];
  /** Of the server itself, past the line. */
  readonly origin: string;
  /** Of the page's last `ready`. */
  readonly resumeToken: () => string;
}

/** A test of a page that is in a call, with a line to its server that can be broken. */
function visitTest(
  name: string,
  run: (visit: Visit) => Promise<void>,
  { prepare, ...options }: WebServerOptions & { readonly prepare?: string } = {},
) {
  browserTest(name, async () => {
    const server = startWebServer(options);
    await using line = await startTcpProxy({ port: Number(new URL(server.origin).port) });
    const { page, close } = await openPage(line.through(server.origin), {
      microphone: { plays: SPEECH },
      ...present({ prepare }),
    });
    let resumeToken = "";
    page.on("websocket", (socket) =>
      socket.on("framereceived", ({ payload }) => {
        const [, token] = /"resumeToken":"([^"]+)"/.exec(String(payload)) ?? [];
        resumeToken = token ?? resumeToken;
      }));
    try {
      await page.waitForSelector("#start:enabled");
      const next = server.nextCall();
      await page.click("#start");
      const call = await next;
      // Behind the page's `hello`, so that the server knows of its token.
      await call.until(() => call.frames.length > 10);
      await run({
        page,
        call,
        line,
        calls: server.sessions,
        origin: server.origin,
        resumeToken: () => resumeToken,
      });
    } finally {
      await close();
      await server.close();
    }
  });
}

function lastPlayed(call: RecordingSession): number {
  return playedOf(call, "a").at(-1) ?? 0;
}

/** Where the agent had stopped in its item, as the page reports it when it is back. */
async function stoppedAt(call: RecordingSession): Promise<number> {
  await call.until(() => call.inputs.some((input) => input.type === "rendered" && input.cleared));
  return lastPlayed(call);
}

/** Goes on with the item as a session does. */
function speakOn(call: RecordingSession, fromMs: number, pieces: number): void {
  for (let i = 0; i < pieces; i++) {
    call.leg.play({ itemId: "a", audio: AUDIO, durationMs: 100, offsetMs: fromMs + i * 100 });
  }
}

visitTest("a page whose connection breaks shows it, comes back and goes on", async (visit) => {
  const { page, call, line, calls } = visit;
  const said = turn({
    id: "a",
    position: 1,
    role: "agent",
    text: "It was a dark and stormy night",
  });
  call.leg.notify({ type: "turn", turn: said });
  speak(call, "a", 30_000);
  await call.until(() => lastPlayed(call) >= 500);

  await line.refuse();
  line.cutAll();
  await call.given("lost");
  await page.waitForSelector("#status:text-is('Reconnecting…')");
  assert.match(await page.textContent("#clock") ?? "", /^for 0:0\d$/);
  assert.equal(await page.getAttribute("body", "data-phase"), "live");
  const frames = call.frames.length;
  call.missed = [
    { type: "turn", turn: said },
    { type: "turn", turn: turn({ id: "b", position: 2, role: "caller", text: "Go on." }) },
  ];
  await line.accept();
  await call.joined();
  const heardMs = await stoppedAt(call);
  assert.ok(heardMs >= 500 && heardMs < 30_000, `${heardMs}`);
  // What the caller said during the gap comes first, and then goes on.
  await call.until(() => call.frames.length > frames + 20);
  speakOn(call, heardMs, 10);
  await call.until(() => playedOf(call, "a").includes(heardMs + 1000));
  const played = playedOf(call, "a");
  assert.deepEqual(played, played.toSorted((x, y) => x - y));

  await page.waitForSelector("#transcript >> text=Connected again.");
  assert.deepEqual(await page.locator("#transcript .line .words").allInnerTexts(), [
    "It was a dark and stormy night",
    "Go on.",
  ]);
  assert.equal(await page.textContent("#status"), "Listening");
  await page.click("#stop");
  assert.deepEqual((await call.given("left")).end, { reason: "caller_hung_up" });
  assert.equal(calls.length, 1);
});

visitTest(
  "what a caller types while the connection is gone is sent when it is back",
  async (visit) => {
    const { page, call, line } = visit;
    await line.refuse();
    line.cutAll();
    await page.waitForSelector("#status:text-is('Reconnecting…')");
    await page.fill("#text", "Are you there?");
    await page.keyboard.press("Enter");
    await line.accept();
    assert.equal((await call.given("typed")).text, "Are you there?");
    await page.click("#stop");
    await call.given("left");
  },
);

visitTest("a page that is reloaded goes on with its call after one click", async (visit) => {
  const { page, call, calls } = visit;
  speak(call, "a", 30_000);
  await call.until(() => lastPlayed(call) >= 300);
  const line = turn({ id: "a", position: 1, role: "agent", text: "Once upon a time" });
  call.missed = [{ type: "turn", turn: line }];
  await page.reload();
  // A busy browser may leave without its close code.
  await call.given("lost");
  await page.waitForSelector("#return-continue:visible");
  assert.ok(await page.isHidden("#start-form"));
  assert.match(await page.textContent("#return-seconds") ?? "", /^[12]?\d s$|^30 s$/);
  const frames = call.frames.length;
  await page.click("#return-continue");
  await page.waitForSelector("[data-phase=live]");
  await call.joined();
  await page.waitForSelector("#transcript .words:text-is('Once upon a time')");
  // This page has played nothing of it, and counts from where the other one stopped all the same.
  const heardMs = lastPlayed(call);
  speakOn(call, heardMs, 10);
  await call.until(() => playedOf(call, "a").includes(heardMs + 1000));
  await call.until(() => call.frames.length > frames + 20);
  assert.equal(await page.evaluate("sessionStorage.getItem('parley.call')"), null);
  const kept = String(await page.evaluate("JSON.stringify(localStorage)"));
  assert.ok(!kept.includes(visit.resumeToken()), kept);
  await page.click("#stop");
  await call.given("left");
  await page.reload();
  await page.waitForSelector("#start:enabled");
  assert.ok(await page.isHidden("#return"));
  assert.equal(calls.length, 1);
});

visitTest(
  "a page that is reloaded may begin another call instead",
  async ({ page, call, calls }) => {
    await page.reload();
    await page.click("#return-decline");
    await page.click("#start");
    await page.waitForSelector("[data-phase=live]");
    assert.equal(calls.length, 2);
    assert.equal(call.inputs.filter(({ type }) => type === "left").length, 0);
  },
);

visitTest("a page shows how its call ended while it was away", async ({ page, call, line }) => {
  await line.refuse();
  line.cutAll();
  await call.given("lost");
  call.end({ reason: "time_limit" });
  await line.accept();
  await page.waitForSelector("[data-phase=ended]");
  assert.match(await page.textContent("#status") ?? "", /^The call reached its longest time\./);
});

visitTest("a page that its server forgets gives up at once", async ({ page, call, line }) => {
  await page.route(
    "**/api/web/resume",
    (route) =>
      route.fulfill({ status: 401, json: { code: "invalid_resume_token", error: "Unknown." } }),
  );
  await line.refuse();
  line.cutAll();
  await page.waitForSelector("[data-phase=ended]");
  assert.match(await page.textContent("#status") ?? "", /^The connection to the server was lost\./);
  await call.given("lost");
});

visitTest(
  "a page gives up when its server keeps the call no longer, and may start anew",
  async ({ page, call, line, calls }) => {
    await line.refuse();
    line.cutAll();
    await call.given("lost");
    await page.waitForSelector("[data-phase=ended]");
    assert.match(
      await page.textContent("#status") ?? "",
      /^The connection to the server was lost\. Start again\. The call took 0:\d\d\.$/,
    );
    await line.accept();
    await page.click("#start");
    await page.waitForSelector("[data-phase=live]");
    assert.equal(calls.length, 2);
    assert.ok(!call.hasLeg);
  },
  {
    prepare: `{
      const { timeout } = AbortSignal;
      AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms === 30_000 ? 500 : ms);
    }`,
  },
);

visitTest(
  "a server that asks its pages to reconnect has them back at once",
  async ({ page, call }) => {
    const { leg } = call;
    assert.ok("send" in leg && typeof leg.send === "function");
    leg.send({ type: "reconnect" });
    const { end } = await call.given("lost");
    assert.equal(end?.reason, "leg_failed");
    await call.joined();
    await page.waitForSelector("#transcript >> text=Connected again.");
  },
);

visitTest(
  "a page and its server each notice that the other has vanished",
  async ({ page, call, line }) => {
    for (const connection of line.open) connection.set({ stalled: true });
    // Twelve seconds at the page; what connects anew is not stalled.
    await page.waitForSelector("#transcript >> text=Connected again.");
    await call.joined();
    assert.equal(await page.textContent("#status"), "Listening");
    const frames = call.frames.length;
    await call.until(() => call.frames.length > frames + 20);
    await page.click("#stop");
    await call.given("left");
  },
);

visitTest(
  "a call that goes on in another page ends in this one",
  async ({ page, call, origin, resumeToken }) => {
    const other = await takeOver(origin, resumeToken());
    await page.waitForSelector("[data-phase=ended]");
    assert.match(await page.textContent("#status") ?? "", GOES_ON);
    assert.equal(closeCodes.replaced, 4001);
    assert.equal(call.inputs.filter(({ type }) => type === "left").length, 0);
    await other.close();
  },
);

visitTest(
  "a page whose call was taken over while its connection was gone says so",
  async ({ page, call, line, origin, resumeToken }) => {
    const token = resumeToken();
    await line.refuse();
    line.cutAll();
    await call.given("lost");
    const other = await takeOver(origin, token);
    await line.accept();
    await page.waitForSelector("[data-phase=ended]");
    assert.match(await page.textContent("#status") ?? "", GOES_ON);
    await other.close();
  },
);

const GOES_ON = /^The call goes on in another page\./;

/** Comes back to the page's call as another page does that has its token. */
async function takeOver(origin: string, resumeToken: string): Promise<WebClient> {
  const client = openResumed({ origin }, resumeToken);
  await confirm(client);
  // Answered, so that the call has joined.
  client.sendRaw("{}");
  await client.get("error");
  return client;
}
